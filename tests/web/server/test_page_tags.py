"""The words in the first HTML: of every page and place, in both languages, escaped; never "Streamlit"."""

from __future__ import annotations

import lxml.html
import pytest
from asked import Asked
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, html_lang
from geo.web.pages import pages
from geo.web.parts.titles import page_description, page_title
from geo.web.server import middleware, routes
from geo.web.server.assets import streamlit_folder
from geo.web.server.page_tags import with_words

SHELL = (streamlit_folder() / "static" / "index.html").read_bytes()


async def _index(request: object) -> HTMLResponse:
    return HTMLResponse(SHELL)


get = Asked(Starlette(routes=[*routes.routes(), Route("/{path:path}", _index)], middleware=middleware.middleware()))


def head(address: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(get(address).body.decode())


def meta(page: lxml.html.HtmlElement, name: str) -> str:
    (found,) = page.xpath(f"//meta[@property='{name}' or @name='{name}']/@content")
    return str(found)


def test_every_page_has_a_title_of_its_own_in_both_languages() -> None:
    titles = set()
    for language in LANGUAGES:
        for number, page in enumerate(pages()):
            path = page.PATH if number else ""
            shown = head(f"/{path}?lang={language}")
            (title,) = shown.xpath("//title/text()")
            assert "Streamlit" not in title
            assert meta(shown, "og:title") == title
            assert shown.get("lang") == html_lang(language)
            titles.add((path in ("", "place"), title))
    assert len(titles) >= 2 * (len(pages()) - 1)


def test_a_place_is_named_and_told_of(atlas: Atlas) -> None:
    for language in LANGUAGES:
        for place_id in list(atlas)[::6]:
            shown = head(f"/place?place={place_id}&lang={language}")
            assert atlas.name(place_id, language) in shown.xpath("string(//title)")
            assert f"/preview/{place_id}.png?" in meta(shown, "og:image")
            assert meta(shown, "og:description") == page_description(atlas, place_id, language)
            query = f"place={place_id}" + ("&lang=en" if language == "en" else "")
            assert shown.xpath("//link[@rel='canonical']/@href") == [f"http://127.0.0.1/place?{query}"]
            assert {str(one) for one in shown.xpath("//link[@hreflang]/@hreflang")} == set(map(html_lang, LANGUAGES))
            assert atlas.name(place_id, language) in shown.xpath("string(//noscript)")


def test_of_streamlits_own_words_nothing_is_left_to_read() -> None:
    shown = head("/")
    assert "Streamlit" not in shown.xpath("string(//title)") + shown.xpath("string(//noscript)")
    assert shown.xpath("//link[@rel='service-desc']/@href") == ["http://127.0.0.1/ogc/api"]


@pytest.mark.parametrize("place", ["nowhere", "<script>alert(1)</script>", '"><b>', ""])
def test_what_is_no_place_is_not_repeated(place: str) -> None:
    body = get(f"/place?place={place}").body
    assert b"alert(1)" not in body
    assert b'"><b>' not in body


def test_names_are_escaped(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.web.server.page_tags.current_atlas", lambda: tiny)
    monkeypatch.setattr("geo.web.server.page_tags.page_title", lambda *_: "</title><script>x</script>")
    made = with_words(SHELL, "http://h", "map", {})
    assert b"<script>x" not in made
    assert b"&lt;/title&gt;" in made


def test_titles_of_no_page_are_the_maps(atlas: Atlas) -> None:
    assert page_title(atlas, "", "", "en") == atlas.meta["title_en"]
    assert page_title(atlas, "nothing", "nothing", "en") == atlas.meta["title_en"]
