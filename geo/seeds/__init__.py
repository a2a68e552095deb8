"""Seeds turned into checked tables and geometry, every problem reported at once."""
