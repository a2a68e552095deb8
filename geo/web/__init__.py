"""The Streamlit app: pages, state in the URL, server. No data logic; everything shown comes from `geo.atlas.atlas`."""
