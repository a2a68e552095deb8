"""An OpenStreetMap extract turned into the seeds of a basemap."""
