"""Links that carry the state, buttons that copy."""

from __future__ import annotations

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.render.markup import tag
from geo.web.parts.links import copy_button, link, page_href, place_link


def test_links_carry_the_state_but_not_the_map_position() -> None:
    state = Selection(clusters=("a", "b"), place="x", language="en", view=(1.0, 2.0, 3.0))
    assert page_href("compare", state, with_="p,q", order="") == "./compare?cluster=a,b&place=x&lang=en&with=p,q"
    assert page_href("", Selection()) == "./"
    assert page_href("place", Selection(texts=('a"&b',))) == "./place?q=a%22%26b"
    assert link("./x?a=1&b=2", tag("b", "y"), class_="z") == (
        '<a href="./x?a=1&amp;b=2" target="_self" class="geo-nav z"><b>y</b></a>'
    )


def test_what_is_copied_is_escaped() -> None:
    shown = copy_button("Copy", "en", '"><script>')
    assert 'data-copy="&#34;&gt;&lt;script&gt;"' in shown
    assert "data-copy" not in copy_button("Copy", "en")


def test_a_place_is_linked_by_its_whole_name_or_its_label(tiny: Atlas) -> None:
    names = tiny.places.loc["park_b"]
    assert names["name_en"] != names["short_en"]
    whole = place_link(tiny, "park_b", Selection(kinds=("node",), language="en"))
    assert 'href="./place?kind=node&amp;place=park_b&amp;lang=en"' in whole
    assert f">{names['name_en']}<" in whole
    assert f">{names['short_zh']}<" in place_link(tiny, "park_b", Selection(), short=True)
