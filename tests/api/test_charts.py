"""Charts by address: SVG and PNG of what the pages show, the same bytes each time, wrong addresses refused."""

from __future__ import annotations

import io
import json

import lxml.etree
import pytest
from PIL import Image

from geo.api import charts, data
from geo.api.asking import Ask, Reply
from geo.api.door import answer
from geo.atlas.atlas import Atlas

SERIES = "/data/charts/district_310115/firms-firms"


def ask(atlas: Atlas, address: str) -> Reply:
    path, _, query = address.partition("?")
    return answer(atlas, Ask(path, tuple(tuple(one.split("=", 1)) for one in query.split("&") if one)))  # type: ignore[misc]


def said(reply: Reply) -> list[str]:
    assert (reply.status, reply.media_type) == (200, "image/svg+xml"), reply.body
    return [str(one) for one in lxml.etree.fromstring(reply.body).xpath("//*[local-name()='text']/text()")]


def test_figures_over_time_in_both_languages(atlas: Atlas) -> None:
    assert said(ask(atlas, f"{SERIES}.svg"))[0] == "浦东新区：企业（家）"
    reply = ask(atlas, f"{SERIES}.svg?lang=en")
    assert said(reply)[0] == "Pudong New Area: Firms"
    assert reply.headers["Content-Disposition"] == 'inline; filename="district_310115-firms-firms.svg"'
    picture = ask(atlas, f"{SERIES}.png")
    assert (picture.status, picture.media_type) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.body)).size[0] == 1320


def test_a_ranking_follows_the_state(atlas: Atlas) -> None:
    every = said(ask(atlas, "/data/area_km2.svg?lang=en&of=layout"))
    few = said(ask(atlas, "/data/area_km2.svg?lang=en&of=layout&only=lingang,zhangjiang&order=asc"))
    assert every.index("Lingang") < every.index("Zhangjiang")
    assert few.index("Lingang") > few.index("Zhangjiang")
    assert "Jinqiao" in every
    assert "Jinqiao" not in few
    assert "Pudong" in " ".join(said(ask(atlas, "/data/area_km2.svg?lang=en&of=district")))


def test_a_ranking_by_the_label_of_its_measure(atlas: Atlas) -> None:
    assert ask(atlas, "/data/图上面积.svg") == ask(atlas, "/data/area_km2.svg")


def test_the_same_question_has_the_same_bytes(atlas: Atlas) -> None:
    """Made twice, not kept: from a door of its own."""
    query = Ask(f"{SERIES}.svg", (("lang", "en"),))
    first, again = (
        charts.series_picture(atlas, query, "district_310115", "firms-firms", file_format="svg") for _ in range(2)
    )
    assert (first.body, first.digest) == (again.body, again.digest)


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        ("/data/charts/district_310115/firms-firm.svg", 404, "firms-firms"),
        ("/data/charts/zhangjian/firms-firms.svg", 404, "zhangjiang"),
        ("/data/charts/district_310115/firms-firms.pdf", 404, "/data/index.json"),
        (f"{SERIES}.svg?lang=de", 400, "zh, en"),
        (f"{SERIES}.svg?of=layout", 400, "lang"),
        ("/data/area_km.png", 404, "area_km2"),
        ("/data/area_km2.png?of=town", 400, "layout, district"),
        ("/data/area_km2.svg?order=up", 400, "desc, asc"),
        ("/data/area_km2.svg?knd=belt", 400, "kind"),
        ("/data/area_km2.svg?of=layout&of=district", 400, "more than once"),
        ("/data/area_km2.svg?measure=ai_firms", 400, "'measure'"),
        ("/data/area_km2.svg?place=lingang", 400, "'place'"),
        ("/data/area_km2.svg?basemap=none", 400, "'basemap'"),
        ("/data/area_km2.svg?at=31.2,121.5,10", 400, "'at'"),
    ],
)
def test_what_is_wrong_is_refused(atlas: Atlas, address: str, status: int, named: str) -> None:
    reply = ask(atlas, address)
    assert (reply.status, reply.media_type) == (status, "application/json")
    assert named in json.loads(reply.body)["description"]


def test_without_what_draws_there_is_no_such_address(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (charts, data):
        monkeypatch.setattr(module, "can_draw", lambda: False)
    assert ask(atlas, "/data/area_km2.svg?lang=en&order=asc").status == 404
    index = json.loads(data.index_json(atlas, Ask("/data/index.json")).body)
    assert not any(one["charts"] for one in index["places"])
    assert not any("svg" in one["links"] for one in index["measures"])
