"""The static site: every page that needs no server, in both languages, made of the sections of the report."""
