"""Turns an OpenStreetMap extract into the basemap seeds of a city."""
