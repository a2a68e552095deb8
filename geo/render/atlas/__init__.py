"""The atlas: a book to print, with a page for each place."""
