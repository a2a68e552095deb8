"""The report's bytes: whole, escaped, the same each time. tests/browser/test_report_file.py opens them."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
from pathlib import Path

import pytest
from tiny_city import META, add, write

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base import messages
from geo.build import build
from geo.cli.main import main
from geo.errors import MissingDependencyError, UsageError
from geo.render.map import standalone
from geo.render.map.leaflet import MAP_SCRIPTS
from geo.render.map.standalone import embed_json
from geo.render.report.page import report_html


class Page(html.parser.HTMLParser):
    """What a page holds: ids, links, script and template text, visible text, attributes that name another file."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self.meta: dict[str, str] = {}
        self.lang = ""
        self._inside = ""
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag if tag in ("script", "style") else ""
        if tag == "script":
            self.scripts.append((given, ""))
        if tag == "html":
            self.lang = given["lang"] or ""
        if tag == "meta":
            self.meta[given.get("http-equiv") or given.get("name") or ""] = given.get("content") or ""
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.loads += [given[name] or "" for name in ("src", "srcset", "data", "poster") if name in given]
        if tag == "link":
            self.loads.append(given.get("href") or "")
        self.handlers += [name for name in given if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self._inside == "":
            self.text += data

    def json(self, name: str) -> dict:
        (found,) = [text for given, text in self.scripts if given.get("id") == f"geo-{name}"]
        return json.loads(found)


@pytest.fixture(scope="module")
def pages(tiny: Atlas) -> dict[str, Page]:
    return {lang: Page(report_html(tiny.select(Selection(language=lang)))) for lang in ("zh", "en")}


def test_same_view_same_bytes_and_no_clock(tiny: Atlas) -> None:
    first = report_html(tiny.select())
    assert first == report_html(Atlas.load(tiny.folder).select())
    assert b"2024-06-30" in first
    assert report_html(tiny.select(Selection(language="en"))) != first


def test_shows_places_facts_sources_and_date_in_either_language(pages: dict[str, Page]) -> None:
    for lang, wanted in {
        "zh": [
            "小城",
            "数据日期 2024-06-30",
            "甲带",
            "Belt A",
            "140 个",
            "来源不一",
            "未见公开数字",
            "目标",
            "结果",
            "边界仅供参考",
        ],
        "en": [
            "Tiny city",
            "Data of 2024-06-30",
            "Belt A",
            "甲带",
            "sources differ",
            "Borders for reference only",
        ],
    }.items():
        missing = [text for text in wanted if text not in pages[lang].text]
        assert missing == []
    assert (pages["zh"].lang, pages["en"].lang) == ("zh-CN", "en")
    assert "时点" not in pages["en"].text


def test_every_figure_of_the_view_stands_in_it_with_date_scope_and_number(tiny: Atlas) -> None:
    page = Page(report_html(tiny.select(Selection(kinds=("node",), language="en"))))
    facts = tiny.table("facts")
    for fact in facts[facts["place_id"] == "node_a"].to_dict("records"):
        assert f"{fact['value']:g}" in page.text
        assert fact["as_of"] in page.text
    assert {"s-1", "s-2", "s-3"} <= set(page.ids)
    listed = re.findall(r"Document (\w+)”, 2024-01-15", page.text)
    assert sorted(listed) == ["blog", "plan", "press"]
    assert "Belt A" in page.text  # the parent is named though it is not selected …
    assert "p-belt_a" not in page.ids  # … and has no section


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_a_boundary_is_schematic_is_said_and_it_has_no_area(tiny: Atlas, lang: str) -> None:
    said = messages.text("method.schematic", lang)
    park = Page(report_html(tiny.select(Selection(kinds=("park",), language=lang)))).text
    assert said in park
    assert "km²" not in park
    node = Page(report_html(tiny.select(Selection(kinds=("node",), language=lang)))).text
    assert said not in node
    assert "7.958 km²" in node


@pytest.mark.parametrize(("lang", "colon", "joint"), [("zh", "：", "、"), ("en", ": ", ", ")])
def test_lists_and_reasons_are_set_as_the_language_has_it(seeds: Path, lang: str, colon: str, joint: str) -> None:
    note = {"note_zh": "因为", "note_en": "because"}
    add(seeds, "place_clusters", [{"place_id": "node_a", "cluster_id": "robots"} | note])
    build(seeds, seeds.parent / "layers")
    city = Atlas.load(seeds.parent / "layers")
    page = Page(
        report_html(city.select(Selection(kinds=("node", "park"), clusters=("robots", "chips"), language=lang)))
    )
    name = city.rows("clusters")["robots"][f"name_{lang}"]
    assert f"{name}{colon}{note[f'note_{lang}']}" in page.text
    assert joint.join(city.rows("kinds")[kind][f"name_{lang}"] for kind in ("node", "park")) in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_policy_item_says_why_it_concerns_a_place(atlas: Atlas, lang: str) -> None:
    page = Page(report_html(atlas.select(Selection(kinds=("pilot_zone",), language=lang))))
    rows = atlas.table("policy_places")
    noted = rows[rows["place_id"].isin(atlas.select(Selection(kinds=("pilot_zone",))).places.index)][f"note_{lang}"]
    assert noted.notna().any()
    for note in noted.dropna():
        assert f" · {note}" in page.text


def test_links_inside_the_page_lead_somewhere_and_ids_are_unique(atlas: Atlas) -> None:
    page = Page(report_html(atlas.select(Selection(measure="area_km2"))))
    assert len(page.ids) == len(set(page.ids))
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner - set(page.ids) == set()
    outer = {link for link in page.links if not link.startswith("#")}
    assert all(link.startswith(("http://", "https://")) for link in outer)
    cited = {link for link in inner if link.startswith("s-")}
    assert cited == {name for name in page.ids if re.fullmatch(r"s-\d+", name)}


def test_report_of_the_layout_is_small_and_asks_for_nothing(atlas: Atlas) -> None:
    content = report_html(atlas.select())
    assert len(content) < 2_500_000
    page = Page(content)
    assert set(page.loads) == {"data:,"}
    assert page.handlers == []
    style = re.search(rb"<style>(.*?)</style>", content, re.DOTALL)[1]
    assert b"url(" not in style
    assert b"@import" not in style


def test_policy_names_the_scripts_by_hash(pages: dict[str, Page]) -> None:
    rules = dict(rule.split(" ", 1) for rule in pages["zh"].meta["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    run = [text for given, text in pages["zh"].scripts if "type" not in given]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in run]
    assert rules["script-src"].split(" ") == hashes
    assert len(run) == len(["leaflet.js", *MAP_SCRIPTS, "report.js"])
    assert "BSD 2-Clause License" in run[0]


def test_map_holds_what_the_view_shows_and_no_more(tiny: Atlas) -> None:
    page = Page(report_html(tiny.select(Selection(kinds=("node",), place="node_a"))))
    layout, state = page.json("layout"), page.json("state")
    assert [place["id"] for place in layout["places"]] == state["visible"] == ["node_a"]
    assert [one["id"] for one in layout["institutions"]] == ["lab_x"]
    assert state["selected"] == "node_a"
    assert state["basemap"] is None
    assert set(state["urls"].values()) <= {f"#{name}" for name in page.ids}
    outside = Page(report_html(tiny.select(Selection(kinds=("node",), place="park_b", basemap="osm"))))
    assert outside.json("state")["selected"] == ""
    assert outside.json("state")["basemap"] is None


def test_filters_and_measure_are_told_in_words(tiny: Atlas) -> None:
    chosen = Selection(
        kinds=("node", "park"), clusters=("robots",), statuses=("planned",), measure="firms", language="en"
    )
    page = Page(report_html(tiny.select(chosen)))
    for text in ("node, park", "Robots", "Planned", "Ranked by the measure", "140", "No data"):
        assert text in page.text
    assert page.json("state")["classes"]["values"] == {"node_a": 0}


def test_json_in_the_page_cannot_end_its_element() -> None:
    text = "</script><!--\u2028\u2029&\U0001f600"
    embedded = embed_json({"a": text})
    assert not set("<>&\u2028\u2029") & set(embedded)
    assert json.loads(embedded) == {"a": text}


def test_empty_view_missing_leaflet_and_unknown_measure_are_refused(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="shows no place, so there is nothing to report"):
        report_html(tiny.select(Selection(texts=("nothing",))))
    with pytest.raises(UsageError, match="no measure 'foo': there are area_km2"):
        report_html(tiny.select(Selection(measure="foo")))

    def gone() -> Path:
        raise MissingDependencyError("not here")

    monkeypatch.setattr(standalone, "vendor_folder", gone)
    with pytest.raises(MissingDependencyError, match=r'a report needs XStatic-Leaflet: pip install ".+\[report\]"'):
        report_html(tiny.select())


def test_city_without_policy_and_institutions_has_a_report(tmp_path: Path) -> None:
    """What is not there is left out, heading and all."""
    seeds = write(tmp_path / "seeds")
    for name in ("plans", "policy", "policy_places", "policy_outcomes", "institutions"):
        path = seeds / f"{name}.csv"
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    build(seeds, tmp_path / "layers")
    page = Page(report_html(Atlas.load(tmp_path / "layers").select()))
    assert "甲带" in page.text
    assert not {"policy", "institutions"} & set(page.ids)
    assert not {"#policy", "#institutions"} & set(page.links)


def run(tiny: Atlas, *arguments: object) -> int:
    return main(["report", *map(str, arguments), "--layers", str(tiny.folder)])


def test_command_writes_report_or_figure_by_the_ending(
    tiny: Atlas, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    page, picture = tmp_path / "a.html", tmp_path / "a.svg"
    assert run(tiny, page, "--kind", "node", "--measure", "firms", "--place", "甲点", "--language", "en") == 0
    assert capsys.readouterr().out == f"{page}\n"
    wanted = Selection(kinds=("node",), measure="firms", place="node_a", language="en")
    assert page.read_bytes() == report_html(tiny.select(wanted))
    assert run(tiny, picture) == 0
    assert picture.read_bytes()[:5] == b"<?xml"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.svg"]


def test_command_joins_texts_and_says_so(tiny: Atlas, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    assert run(tiny, out, "--text", "甲点", "--text", "乙园") == 0
    page = Page(out.read_bytes())
    assert {"p-node_a", "p-park_b"} <= set(page.ids)
    assert "p-belt_a" not in page.ids
    assert "甲点、乙园" in page.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.doc"], "a.doc ends in .doc: endings are .html, .htm, .docx, .png, .svg, .pdf"),
        (["a"], "a ends in nothing: endings are"),
        (["none/a.html"], "there is no folder"),
        (["a.html", "--text", "nothing"], "shows no place"),
        (["a.html", "--kind", "tower"], "kind 'tower': "),
        (["a.html", "--measure", "foo"], "no measure 'foo'"),
        (["a.html", "--place", "foo"], "no place 'foo'"),
        (["a.html", "--kind", "node", "--place", "park_b"], "--place park_b is not among the 1 place selected"),
        (["there.html"], "is there already: give --overwrite"),
    ],
)
def test_command_refuses_in_one_line_and_leaves_nothing(
    tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.html").write_text("mine")
    assert run(tiny, *arguments) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["there.html"]
    assert (tmp_path / "there.html").read_text() == "mine"


def test_command_overwrites_when_told_and_only_whole(
    tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.html"
    out.write_text("old")
    assert run(tiny, out, "--overwrite") == 0
    assert out.read_bytes() == report_html(tiny.select())

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert run(tiny, out, "--overwrite", "--language", "en") == 2
    assert out.read_bytes() == report_html(tiny.select())
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_title_of_the_city_is_text(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds")
    (seeds / "atlas.toml").write_text(META.replace('"小城"', '"<b>{{7*7}}</b></title>"'), encoding="utf-8")
    build(seeds, tmp_path / "layers")
    content = report_html(Atlas.load(tmp_path / "layers").select())
    assert "<b>{{7*7}}</b></title>" in Page(content).text
    assert b"<b>{{" not in content


def test_an_english_report_names_stations_in_english_and_marks_what_is_chinese(atlas: Atlas) -> None:
    view = atlas.select(Selection(language="en", kinds=("pilot_zone",)))
    content = report_html(view).decode()
    derived = atlas.table("derived").set_index(["place_id", "measure_id"])["detail"]
    station = derived[("maqiao", "nearest_station_m")]
    names = atlas.basemap("metro_stations").set_index("name_zh")["name_en"]
    listed = re.findall(r'class="rp-below rp-detail">([^<]*)<', content)
    assert names[station] in listed
    assert not any(re.search(r"[\u4e00-\u9fff]", one) for one in listed)
    assert '<bdi lang="zh-CN">' in re.search(r"<q>(.*?)</q>", content).group(1)  # type: ignore[union-attr]
