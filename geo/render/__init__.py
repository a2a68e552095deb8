"""The map: its data by URL, its folium element, its colours and classes."""
