"""Tables the program itself owns; see docs/architecture.md."""
