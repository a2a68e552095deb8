"""A download button, the same on every page."""

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
    """Show a download button; the file is made only when the button is pressed, and the page does not rerun.

    Parameters
    ----------
    label : str
    make : callable
        Makes the file. The session keeps this function: let it hold the request, not the rows.
    file_name : str
        File name with ending, by which the browser recognises the type.
    key : str
        Key of the widget.
    kind : {"primary", "secondary", "tertiary"}
        Emphasis of the button.
    disabled : bool
        True if there is nothing to download.
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
