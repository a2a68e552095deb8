"""The web app: `streamlit run app.py`, or `geo app`."""

import streamlit as st

from geo.web import housekeeping, server
from geo.web.main import failed

app = st.App(
    "geo/web/script/run.py",
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=housekeeping.lifespan,
    on_script_error=failed,
)
