"""The script that Streamlit runs; it calls `geo.web.main`."""

from geo.web.main import main

main()
