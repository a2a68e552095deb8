"""The static figure: a map to print."""
