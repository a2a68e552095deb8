"""The selection options shared by the commands."""

from __future__ import annotations

import argparse
from typing import Any

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import FILTERS, Selection
from geo.base.messages import LANGUAGES

__all__ = ["add_language", "add_layers", "add_selection", "view_of"]


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add ``--layers DIR``."""
    parser.add_argument("--layers", metavar="DIR")


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add ``--language``, of names and of what is printed."""
    parser.add_argument("--language", choices=LANGUAGES, default="zh")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add ``--kind --cluster --district --edition --status --only --text``, each repeatable."""
    group = parser.add_argument_group("selection")
    for field, name in FILTERS.items():
        group.add_argument(f"--{name}", dest=field, action="append", default=[], metavar="ID")
    group.add_argument("--text", dest="texts", action="append", default=[])


def view_of(atlas: Atlas, args: argparse.Namespace, **focus: Any) -> View:
    """Return the view that the options select.

    Parameters
    ----------
    atlas : Atlas
    args : argparse.Namespace
    focus
        Other fields of the selection, such as `measure`.
    """
    filters = {field: tuple(getattr(args, field)) for field in (*FILTERS, "texts")}
    return atlas.select(Selection().replace(**filters, language=getattr(args, "language", "zh"), **focus))
