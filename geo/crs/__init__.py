"""Datums with exact inverses, coordinate reference systems, and geodesy on WGS 84."""
