"""Parts of pages, each used by one page or two."""
