"""Parts shared by all pages: page frame, state, links, tables, charts, the map."""
