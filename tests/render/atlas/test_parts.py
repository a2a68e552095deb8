from __future__ import annotations

from geo.analysis.promises import promises
from geo.analysis.values import citation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.contract.notices import notice
from geo.render.atlas import parts
from geo.render.atlas.pages import Pages, Section
from geo.render.figure.marks import Words


def told(pages: Pages) -> list[str]:
    return [one.text for sheet in pages.sheets for one in sheet.marks if isinstance(one, Words)]


def test_the_cover_says_what_when_and_under_what_notice(atlas: Atlas) -> None:
    sheet = parts.cover(atlas.select(Selection(kinds=("town",), language="en")), 595, 842)
    said = [one.text for one in sheet.marks if isinstance(one, Words)]
    assert atlas.meta["title_en"] in " ".join(said)
    assert notice(atlas.meta, "en") in said
    assert any(atlas.meta["version"] in one for one in said)


def test_contents_name_every_section_with_its_page() -> None:
    pages = Pages(595, 842, "zh")
    parts.write_contents(pages, [Section(f"节{n}", n % 2, n + 3, 0.0) for n in range(90)])
    said = told(pages)
    assert [one for one in said if one.startswith("节")] == [f"节{n}" for n in range(90)]
    assert [link.to for link in pages.links] == [n + 3 for n in range(90)]
    assert len(pages.sheets) == 2


def test_districts_and_promises_are_those_of_the_places(atlas: Atlas) -> None:
    view = atlas.select(Selection(places=("caohejing",)))
    pages = Pages(595, 842, "zh")
    parts.write_districts(pages, view, lambda one: f"[{one}]")
    said = "".join(told(pages))
    assert "徐汇区" in said
    assert "闵行区" in said
    assert "嘉定区" not in said
    pages = Pages(595, 842, "zh")
    parts.write_policy(pages, view, lambda one: f"[{one}]")
    groups = promises(atlas, place_ids=["caohejing"])
    assert len(pages.sections) == 1 + len(groups)
    said = "".join(told(pages))
    for group in groups:
        for item in group.items:
            assert str(item.row["text_zh"])[:12] in said


def test_method_and_sources(atlas: Atlas) -> None:
    pages = Pages(595, 842, "en")
    view = atlas.select(Selection(language="en"))
    parts.write_method(pages, view)
    assert text("report.method.unknown.title", "en") in told(pages)
    ids = list(atlas.rows("sources"))[:5]
    parts.write_sources(pages, view, {key: number for number, key in enumerate(ids, 1)})
    said = "".join(told(pages)).replace(" ", "")
    for number, key in enumerate(ids, 1):
        assert f"[{number}]" in said
        assert citation(atlas.rows("sources")[key], "en").replace(" ", "") in said
