"""The script that Streamlit runs."""

from geo.web.main import main

main()
