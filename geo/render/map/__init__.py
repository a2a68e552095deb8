"""The interactive map: its data files, its state, basemaps and tiles."""
