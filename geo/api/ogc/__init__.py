"""OGC API – Features over the atlas: Parts 1 (Core, GeoJSON, HTML, OpenAPI 3.0), 2 (CRS), 3 (CQL2), 5 (Schemas)."""
