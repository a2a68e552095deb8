from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

from geo.analysis.values import citation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.errors import UsageError
from geo.render.figure import legend, sheet
from geo.render.figure.sheet import FIGURE_FORMATS, FontWarning, chinese_font, figure


def pixels(data: bytes) -> np.ndarray:
    return imread(io.BytesIO(data), format="png")


@pytest.mark.parametrize("file_format", FIGURE_FORMATS)
def test_same_view_same_bytes_in_every_format(tiny: Atlas, file_format: str) -> None:
    view = tiny.select()
    first = figure(view, file_format, dpi=50)
    assert first == figure(view, file_format, dpi=50)
    assert first[:5] == {"png": b"\x89PNG\r", "svg": b"<?xml", "pdf": b"%PDF-"}[file_format]
    if file_format == "svg":
        ET.fromstring(first)
    if file_format == "png":
        assert pixels(first).shape[:2] == (413, 584)


def test_language_measure_and_place_change_the_figure(tiny: Atlas) -> None:
    drawn = {
        figure(tiny.select(selection), dpi=50)
        for selection in (
            Selection(),
            Selection(language="en"),
            Selection(measure="firms"),
            Selection(place="node_a"),
            Selection(kinds=("district",)),
        )
    }
    assert len(drawn) == 5


def test_no_value_is_drawn_white_and_named_in_the_legend(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    original = sheet.text
    monkeypatch.setattr(legend, "text", lambda key, *a, **k: (told.append(key), original(key, *a, **k))[1])
    figure(tiny.select(Selection(measure="firms")), dpi=50)
    assert "map.no_data" in told
    told.clear()
    figure(tiny.select(Selection(measure="area_km2", kinds=("node",))), dpi=50)
    assert "map.no_data" not in told


def test_every_mark_of_the_map_is_in_the_legend(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    original = sheet.text
    monkeypatch.setattr(legend, "text", lambda key, *a, **k: (told.append(key), original(key, *a, **k))[1])
    figure(atlas.select(), dpi=50)
    assert {"figure.institution", "figure.small", "figure.marks"} <= set(told)
    told.clear()
    figure(atlas.select(Selection(places=("lingang",))), dpi=50)
    assert "figure.small" not in told


def test_sources_are_whole_in_two_lines_and_dates_in_words() -> None:
    source = {
        "title": "标题" * 20,
        "title_en": "Title",
        "publisher": "〔原媒体未录〕",
        "published": "unknown",
        "grade": "B",
        "source_id": "x",
    }
    # As everywhere, but without Chinese where there is no font for it.
    whole = " ".join(line.strip() for line in legend._source(source, "en", readable=True))
    assert whole.replace(" ", "") == f"[B] {citation(source, 'en')}".replace(" ", "")
    assert legend._source(source, "en", readable=False) == [
        f"[B] {text('cite.no_outlet', 'en')}, “Title”, date unknown"
    ]
    assert legend._source({**source, "title_en": None}, "en", readable=False) == ["[B] x, date unknown"]
    chinese = legend._source(source, "zh", readable=True)
    assert len(chinese) == 2
    assert (
        "".join(line.strip() for line in chinese).replace(" ", "") == f"[B]〔原媒体未录〕，《{'标题' * 20}》，时点不详"
    )
    assert legend._source({**source, "title": "长" * 400}, "zh", readable=True)[1].endswith("…")
    # A line never begins with a mark.
    assert legend._wrap("字" * 38 + ", 2020")[1].strip() == "字, 2020"


def test_names_are_drawn_as_text_not_as_markup(seeds, tmp_path) -> None:
    from geo.build import build

    path = seeds / "places.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",Belt A,简,S", r",Belt A,$\frac{1}$ {{7*7}} <b>,S", 1), "utf-8"
    )
    build(seeds, tmp_path / "out")
    figure(Atlas.load(tmp_path / "out").select(), dpi=50)


@pytest.mark.parametrize(("language", "joint"), [("zh", "、"), ("en", ", ")])
def test_the_subtitle_says_what_is_shown(atlas: Atlas, language: str, joint: str) -> None:
    kinds, statuses = atlas.allowed["kind"][-2:], atlas.allowed["status"]
    view = atlas.select(Selection(kinds=kinds, statuses=statuses, texts=("a",), language=language))
    parts = sheet._subtitle(view).split(" · ")
    assert parts == [
        joint.join(atlas.rows("kinds")[kind][f"name_{language}"] for kind in kinds),
        joint.join(text(f"web.status.{status}", language) for status in statuses),
        "“a”",
        text("figure.count", language, count=len(view.places)),
        text("figure.data_date", language, date=atlas.meta["data_date"]),
    ]


def test_wrong_format_and_empty_view_are_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="no figure format 'bmp'; formats are png, svg, pdf"):
        figure(tiny.select(), "bmp")
    with pytest.raises(UsageError, match="shows no place: widen the filters"):
        figure(tiny.select(Selection(texts=("nothing",))))


def test_without_a_chinese_font_the_figure_is_in_english_and_says_so(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chinese_font()
    monkeypatch.setattr(sheet, "CHINESE_FONTS", ("No Such Font",))
    with pytest.warns(FontWarning, match="请安装 No Such Font 之一"):
        drawn = figure(tiny.select(), "svg", dpi=50)
    assert drawn == figure_in_english(tiny)


def figure_in_english(tiny: Atlas) -> bytes:
    with pytest.warns(FontWarning, match="the figure is in English"):
        return figure(tiny.select(Selection(language="en")), "svg", dpi=50)
