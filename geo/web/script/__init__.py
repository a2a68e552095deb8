"""Where the script that Streamlit runs lives: beside no folder ``pages``, which Streamlit would take for its own."""
