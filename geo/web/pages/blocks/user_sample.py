"""A sample table for the page of the user's data: the institutions of the atlas that have a position."""

from __future__ import annotations

import io

import pandas as pd
import streamlit as st

from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.markup import tag
from geo.web.pages.blocks import user_table
from geo.web.pages.blocks.reading import read
from geo.web.parts.tables import table

__all__ = ["sample", "sample_block"]

_SHOWN = 3


def sample(atlas: Atlas, language: str) -> pd.DataFrame:
    """Return institutions with a position as a table: name, kind, district, longitude and latitude in WGS 84."""
    placed = atlas.institutions[atlas.institutions.geometry.notna()]
    return pd.DataFrame(
        {
            text("data.sample.name", language): list(placed[f"name_{language}"]),
            text("data.sample.kind", language): [text(f"map.institution.{kind}", language) for kind in placed["kind"]],
            text("data.sample.district", language): [
                atlas.name(one, language) if isinstance(one, str) else "" for one in placed["district_id"]
            ],
            "lon": placed.geometry.x.round(5).to_numpy(),
            "lat": placed.geometry.y.round(5).to_numpy(),
        }
    )


def sample_block(atlas: Atlas, language: str) -> None:
    """Show the first rows of the sample, and a button that uses it instead of a file."""
    frame = sample(atlas, language)
    if frame.empty:
        return
    rows = [[str(value) for value in row] for row in frame.head(_SHOWN).itertuples(index=False)]
    label = text("data.sample", language)
    note = tag("p", text("data.sample.note", language), class_="geo-quiet")
    shown = table(list(frame.columns), [("", rows)], label=label, class_="geo-sample-table geo-cardy")
    st.html(tag("section", tag("h3", label), note, shown, class_="geo-section"))
    st.button(
        text("data.sample.try", language), key="user_sample", icon=":material/play_arrow:", on_click=_try,
        args=(atlas, language),
    )  # fmt: skip


def _try(atlas: Atlas, language: str) -> None:
    content = io.BytesIO(sample(atlas, language).to_csv(index=False).encode())
    user_table.hold(("sample", language), read(content, text("data.sample.file", language), atlas, language))
