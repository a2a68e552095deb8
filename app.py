"""The web app: `streamlit run app.py`, or `geo app`."""

import streamlit as st

from geo.web import server

app = st.App("geo/web/main.py", routes=server.routes(), middleware=server.middleware())
