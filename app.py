"""The web app: `streamlit run app.py`, or `geo app`."""

import streamlit as st

from geo.web.main import failed
from geo.web.server import housekeeping, middleware, routes

app = st.App(
    "geo/web/script/run.py",
    routes=routes.routes(),
    middleware=middleware.middleware(),
    lifespan=housekeeping.lifespan,
    on_script_error=failed,
)
