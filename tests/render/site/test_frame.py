"""Head, navigation and foot of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geo.atlas.atlas import Atlas
from geo.render.markup import tag
from geo.render.site.context import SiteContext
from geo.render.site.frame import SECTIONS, Page, html


def test_navigation_is_the_same_everywhere_and_says_where_one_is(pages: Mapping[str, Any]) -> None:
    page = pages["en/measures.html"]
    here = [given for name, given in page.attributes if given.get("aria-current")]
    assert [given["href"] for given in here] == ["measures.html"]
    deep = [link for link in pages["en/places/node_a.html"].links if link.removeprefix("../") in SECTIONS]
    assert list(dict.fromkeys(one.removeprefix("../") for one in deep))[: len(SECTIONS)] == list(SECTIONS)
    assert "../../zh/places/node_a.html" in pages["en/places/node_a.html"].links


def test_no_name_in_the_data_can_end_a_tag_or_the_data_for_machines(tiny: Atlas) -> None:
    ctx = SiteContext(tiny, "en", "places.html")
    evil = '</script><img src=x onerror=alert(1)>"'
    made = html(Page(ctx, evil, evil, tag("h1", evil), linked={"name": evil}), "").decode()
    assert "<img" not in made
    block = made.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(block)["name"] == evil


def test_no_request_may_leave_the_site(pages: Mapping[str, Any]) -> None:
    for path, page in pages.items():
        policy = [
            given["content"] for name, given in page.attributes if given.get("http-equiv") == "Content-Security-Policy"
        ]
        assert "http" not in policy[0], path
