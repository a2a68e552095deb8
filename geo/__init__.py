"""The map of a city's industry layout: sourced layers, attribute tables, and the tools that use them."""
