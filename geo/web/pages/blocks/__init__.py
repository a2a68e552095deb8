"""Parts of pages, each used by one or two pages."""
