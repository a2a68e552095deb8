"""The folder of the script that Streamlit runs: apart from ``pages``, which Streamlit would take for its own pages."""
