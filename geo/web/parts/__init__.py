"""What all pages share: frame, state, links, tables, charts, the map."""
