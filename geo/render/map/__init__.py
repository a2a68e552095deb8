"""The interactive map: its data by URL, its state, its grounds and tiles."""
