"""Geocoding of addresses: where each is, and how sure that is. No request is made; all data are local."""
