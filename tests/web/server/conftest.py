"""The app is built where modules of this folder are imported."""

from __future__ import annotations

from geo.web.server import routes

# What warms it imports in a thread of its own while pytest walks the modules that there are: a race, lost now and then.
routes._warm = lambda: None
