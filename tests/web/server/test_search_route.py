"""What the search box gets: hits in the language of the page, each with the link it leads to."""

from __future__ import annotations

import re

import apart
import pytest
from starlette.applications import Starlette
from starlette.responses import Response

from geo.analysis.search import kind_text
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, catalogue, text
from geo.web.parts import search_box
from geo.web.server import search_route


@pytest.mark.parametrize(
    ("query", "kind", "identifier"),
    [
        ("张江科学城", "place", "zhangjiang"),
        ("zjkxc", "place", "zhangjiang"),
        ("zhangjiang", "place", "zhangjiang"),
        ("徐汇区", "district", "district_310104"),
        ("xhq", "district", "district_310104"),
        ("模速空间", "institution", "mosu_space"),
        ("人民广场", "station", None),
        ("三个深度融合", "policy", "fusion"),
        ("demonstration zones", "policy", "target_zones"),
    ],
)
def test_chinese_initials_and_english_find_each_kind(
    atlas: Atlas, query: str, kind: str, identifier: str | None
) -> None:
    hits = search_route.found(atlas, query, "en")
    best = next(hit for hit in hits if hit["kind"] == kind)
    assert identifier in (None, best["id"])
    assert best["word"].startswith(kind_text(atlas, kind, "en"))


def test_hits_lead_where_the_thing_is_shown(atlas: Atlas) -> None:
    def first(query: str) -> dict[str, object]:
        return search_route.found(atlas, query, "zh")[0]

    assert (first("张江科学城")["page"], first("张江科学城")["set"]) == ("", {"place": "zhangjiang"})
    assert (first("三个深度融合")["page"], first("三个深度融合")["set"]) == ("policy", {"item": "fusion"})
    station = first("人民广场")
    assert station["kind"] == "station"
    lat, lon, zoom = (float(part) for part in str(station["set"]["at"]).split(","))  # type: ignore[index]
    reference = atlas.meta["reference_point"]
    assert abs(lat - reference["lat"]) < 0.01
    assert abs(lon - reference["lon"]) < 0.01
    assert zoom == 15


def test_an_institution_that_is_not_placed_says_so(atlas: Atlas) -> None:
    unplaced = atlas.institutions[atlas.institutions.geometry.isna()].iloc[0]
    hit = next(one for one in search_route.found(atlas, unplaced["name_zh"], "en") if one["id"] == unplaced.name)
    assert text("search.unplaced", "en") in hit["word"]
    assert "at" not in hit["set"]


def test_names_are_in_the_language_with_the_other_beside(atlas: Atlas) -> None:
    zh, en = (search_route.found(atlas, "zhangjiang", lang)[0] for lang in ("zh", "en"))
    assert (zh["name"], zh["other"]) == (en["other"], en["name"]) == ("张江科学城", "Zhangjiang Science City")


def ask(query: str) -> Response:
    """Call the route as the server does."""
    app = Starlette(routes=[search_route.route()])
    got: dict[str, object] = {"body": b""}

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            got["status"], got["headers"] = message["status"], dict(message["headers"])  # type: ignore[call-overload]
        else:
            got["body"] = bytes(got["body"]) + bytes(message["body"])  # type: ignore[call-overload]

    scope = {"type": "http", "method": "GET", "path": "/search", "query_string": query.encode(), "headers": []}
    apart.run(app, scope, receive, send)
    return Response(bytes(got["body"]), int(got["status"]))  # type: ignore[call-overload]


def test_the_route_answers_with_hits_or_says_nothing_found() -> None:
    import json

    some = json.loads(bytes(ask("q=zj&lang=en").body))
    assert 0 < len(some["hits"]) <= 12
    assert some["said"] == text("search.count", "en", count=len(some["hits"]))
    none = json.loads(bytes(ask("q=qqqqqq&lang=nonsense").body))
    assert none == {"said": text("search.none", "zh"), "hits": []}
    assert json.loads(bytes(ask("q=" + "x" * 5000).body))["hits"] == []


def test_the_box_is_a_combobox_with_a_name() -> None:
    box = search_box.box("en")
    for part in ('role="combobox"', 'aria-controls="geo-find-list"', 'role="listbox"', 'role="status"'):
        assert part in box
    assert f'aria-label="{text("search.label", "en")}"' in box


def test_the_box_carries_the_words_for_those_of_streamlit() -> None:
    import json

    from lxml import html

    carried = {lang: json.loads(html.fromstring(search_box.box(lang)).get("data-words")) for lang in LANGUAGES}
    assert carried["zh"]["words"]["Upload"] == text("streamlit.word.upload", "zh")
    assert carried["zh"]["options"] == {
        one["en"]: one["zh"] for key, one in catalogue().items() if key.startswith("streamlit.option.")
    }
    # Streamlit speaks English already.
    assert carried["en"]["words"] == carried["en"]["options"] == {}
    assert [carried[lang]["map"] for lang in LANGUAGES] == [text("web.map.frame", lang) for lang in LANGUAGES]
    assert [carried[lang]["lang"] for lang in LANGUAGES] == ["zh-CN", "en"]


@pytest.mark.parametrize("group", ["word", "option"])
def test_patterns_keep_what_they_name(group: str) -> None:
    for key, said in catalogue().items():
        if key.startswith(f"streamlit.{group}."):
            fields = [sorted(re.findall(r"\{(\w+)\}", said[lang])) for lang in LANGUAGES]
            assert fields[0] == fields[1], key


def test_each_kind_leads_to_its_page(atlas: Atlas) -> None:
    def led(query: str, kind: str) -> tuple[str, dict[str, str]]:
        hit = next(one for one in search_route.found(atlas, query, "zh") if one["kind"] == kind)
        return hit["page"], hit["set"]

    assert led("智能软件与算法", "cluster") == ("", {"cluster": "software_algorithms"})
    assert led("AI 重点企业数", "measure") == ("rank", {"measure": "ai_key_firms"})
    assert led("智元机器人", "institution") == ("firms", {"institution": "agibot"})
    page, told = led("WITA对话助手", "service")
    assert (page, told["table"]) == ("firms", "services")
    assert told["name"] in set(atlas.table("filed_services")["filing_no"])
    assert led("2号线", "line")[1]["at"].endswith(",11")
    assert led("龙华街道", "township")[1]["at"].endswith(",13")


def test_a_guess_says_that_it_is_one(atlas: Atlas) -> None:
    (hit, *_) = search_route.found(atlas, "zhangjinag", "en")
    assert (hit["id"], hit["near"]) == ("zhangjiang", True)
    assert hit["word"] == text("search.maybe", "en", word=text("search.kind.place", "en"))
    assert not any(one["near"] for one in search_route.found(atlas, "zhangjiang", "en"))
