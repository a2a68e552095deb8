"""A button that hands on a file, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

__all__ = ["download"]


def download(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    key: str,
    *,
    kind: Literal["primary", "secondary", "tertiary"] = "tertiary",
    disabled: bool = False,
) -> None:
    """Show the button of a file; the file is written only when asked for, and the page stands as it is.

    Parameters
    ----------
    label : str
    make : callable
        Writes the file. The session keeps it: let it hold what is asked for, not the rows.
    file_name : str
        With its ending, by which the browser knows what it is.
    key : str
        Of the widget.
    kind : {"primary", "secondary", "tertiary"}
        How much it stands out.
    disabled : bool
        Whether there is nothing to hand on.
    """
    st.download_button(
        label,
        data=make,
        file_name=file_name,
        key=key,
        on_click="ignore",
        type=kind,
        icon=":material/download:",
        disabled=disabled,
    )
