"""The selection options that the commands share."""

from __future__ import annotations

import argparse
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import FILTERS, Selection
from geo.base.messages import LANGUAGES

__all__ = ["add_language", "add_layers", "add_selection", "selection_of", "view_of"]

_HELP = {
    "kind": "kind of place, such as belt",
    "cluster": "industry cluster",
    "district": "district that the place lies in",
    "edition": "the layout as of this document",
    "status": "planned or operating",
}


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add ``--layers DIR``."""
    parser.add_argument("--layers", metavar="DIR", help="the published layers (default: $GEO_LAYERS, else layers/)")


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add ``--language``."""
    parser.add_argument("--language", choices=LANGUAGES, default="zh", help="language of names (default: zh)")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add ``--kind --cluster --district --edition --status --text``, each repeatable."""
    group = parser.add_argument_group(
        "selection", "each may be given several times; values of one option are joined by or"
    )
    for field, name in FILTERS.items():
        group.add_argument(f"--{name}", dest=field, action="append", default=[], metavar="ID", help=_HELP[name])
    group.add_argument("--text", action="append", default=[], help="part of a name, alias or id")


def selection_of(args: argparse.Namespace) -> list[Selection]:
    """Return one selection for each ``--text`` (their results are joined), or one if there is none."""
    base = Selection().replace(**{field: tuple(getattr(args, field)) for field in FILTERS})
    return [base.replace(text=text, language=getattr(args, "language", "zh")) for text in args.text or [""]]


def view_of(atlas: Atlas, args: argparse.Namespace, **focus: Any) -> View:
    """Return what the options select, the results of several ``--text`` joined in the order of the atlas.

    Parameters
    ----------
    atlas : Atlas
    args : argparse.Namespace
    focus
        Other fields of the selection, such as `measure`.
    """
    views = [atlas.select(selection.replace(**focus)) for selection in selection_of(args)]
    if len(views) == 1:
        return views[0]
    places = atlas.places[atlas.places.index.isin({i for view in views for i in view.places.index})]
    institutions = pd.concat([view.institutions for view in views])
    institutions = institutions[~institutions.index.duplicated()].sort_index()
    texts = " | ".join(view.selection.text for view in views)
    selection = views[0].selection.replace(text=texts)
    return View(atlas, selection, places, gpd.GeoDataFrame(institutions, crs=atlas.institutions.crs))
