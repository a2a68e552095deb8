"""Page metadata for clients that run no JavaScript, messengers and search engines; shared by app and static site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import escape

from geo.base.messages import html_lang
from geo.render.markup import Markup, tag
from geo.render.preview import HEIGHT, WIDTH

__all__ = ["card_tags", "sitemap"]

_LOCALES = {"zh": "zh_CN", "en": "en_GB"}


def card_tags(
    title: str,
    description: str,
    site_name: str,
    language: str,
    addresses: Mapping[str, str],
    picture: str = "",
    *,
    absolute: bool = True,
) -> list[Markup]:
    """Return the tags for link previews (Open Graph), and the links to the page in other languages.

    Parameters
    ----------
    title, description, site_name, language : str
    addresses : mapping of str to str
        Language → address of the page in that language.
    picture : str
        Address of the preview picture, "" for none.
    absolute : bool
        Whether addresses include a host; only such may be used for og:url and the canonical link.
    """
    properties = {
        "og:type": "website",
        "og:title": title,
        "og:description": description,
        "og:site_name": site_name,
        "og:locale": _LOCALES[language],
    }
    if absolute:
        properties["og:url"] = addresses[language]
    if picture:
        properties |= {"og:image": picture, "og:image:width": str(WIDTH), "og:image:height": str(HEIGHT)}
    canonical = [tag("link", rel="canonical", href=addresses[language])] if absolute else []
    return [
        tag("meta", name="description", content=description),
        *(tag("meta", property=name, content=said) for name, said in properties.items()),
        tag("meta", name="twitter:card", content="summary_large_image" if picture else "summary"),
        *canonical,
        *(tag("link", rel="alternate", hreflang=html_lang(one), href=href) for one, href in addresses.items()),
    ]


def sitemap(pages: Iterable[Mapping[str, str]], modified: str) -> bytes:
    """Return a sitemap with every page in all its languages.

    Parameters
    ----------
    pages : iterable of mapping
        For each page, language → address including the host.
    modified : str
        Date of the data, ISO 8601.
    """
    urls = []
    for versions in pages:
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{html_lang(language)}" href="{escape(href)}"/>'
            for language, href in versions.items()
        )
        dated = f"<lastmod>{escape(modified)}</lastmod>{links}"
        urls += [f"<url><loc>{escape(href)}</loc>{dated}</url>" for href in versions.values()]
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>\n{chr(10).join(urls)}\n</urlset>\n'.encode()
