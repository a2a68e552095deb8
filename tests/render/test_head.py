"""The tags of a card and the sitemap: whole addresses only where they are known, nothing that ends a tag."""

from __future__ import annotations

import xml.etree.ElementTree as Xml

from geo.render.head import card_tags, sitemap
from geo.render.preview import HEIGHT, WIDTH

BOTH = {"zh": "https://example.org/p?a=1&lang=zh", "en": "https://example.org/p?a=1&lang=en"}


def test_a_card_names_page_picture_and_languages() -> None:
    made = "\n".join(card_tags('A "b"', "<c>", "Map", "zh", BOTH, "https://example.org/p.png"))
    for part in (
        '<meta name="description" content="&lt;c&gt;">',
        '<meta property="og:title" content="A &#34;b&#34;">',
        '<meta property="og:locale" content="zh_CN">',
        '<meta property="og:url" content="https://example.org/p?a=1&amp;lang=zh">',
        '<link rel="canonical" href="https://example.org/p?a=1&amp;lang=zh">',
        '<link rel="alternate" hreflang="zh-CN" href="https://example.org/p?a=1&amp;lang=zh">',
        f'<meta property="og:image:width" content="{WIDTH}">\n<meta property="og:image:height" content="{HEIGHT}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ):
        assert part in made


def test_a_card_without_a_whole_address_or_a_picture_claims_neither() -> None:
    made = "\n".join(card_tags("A", "b", "Map", "en", {"zh": "../zh/a.html", "en": "a.html"}, absolute=False))
    assert "og:url" not in made
    assert "canonical" not in made
    assert "og:image" not in made
    assert '<meta name="twitter:card" content="summary">' in made
    assert '<link rel="alternate" hreflang="en" href="a.html">' in made


def test_a_sitemap_has_each_page_with_its_languages_and_its_date() -> None:
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = Xml.fromstring(sitemap([BOTH], "2026-11-29")).findall("s:url", spaces)
    assert [one.findtext("s:loc", namespaces=spaces) for one in urls] == list(BOTH.values())
    for one in urls:
        assert one.findtext("s:lastmod", namespaces=spaces) == "2026-11-29"
        links = {link.get("hreflang"): link.get("href") for link in one.findall("x:link", spaces)}
        assert links == {"zh-CN": BOTH["zh"], "en": BOTH["en"]}
