"""The static figure: a map for print."""
