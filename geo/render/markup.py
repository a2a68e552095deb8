"""HTML built from `Markup` (HTML) and `str` (plain text): plain text is escaped, `Markup` is not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

__all__ = ["Markup", "foreign", "join", "link_out", "tag"]

#: A run of Chinese, including punctuation and numbers within it.
_CHINESE = re.compile(
    r"[〔《（“]?[\u4e00-\u9fff](?:[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef0-9.·—“”-]*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])?"
)

#: Elements without content and without an end tag.
_VOID = ("br", "img", "input", "link", "meta")


def tag(name: str, /, *content: str, **attributes: str) -> Markup:
    """Return an HTML element.

    Parameters
    ----------
    name : str
        Name of the element.
    content : str or Markup
        `Markup` is inserted unchanged, plain text is escaped. An f-string of `Markup` is plain text: use `join`
        instead.
    attributes : str
        Plain text; ``class_`` becomes class, ``data_x`` becomes data-x.

    Examples
    --------
    >>> str(tag("b", tag("i", "<x>"), " & y", class_="z", data_q="'"))
    '<b class="z" data-q="&#39;"><i>&lt;x&gt;</i> &amp; y</b>'
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    end = "" if name in _VOID else f"</{name}>"
    return Markup(f"<{name}{given}>{join(content)}{end}")  # noqa: S704 - every part of it is escaped or HTML


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Concatenate HTML and plain text; plain text is escaped.

    Examples
    --------
    >>> str(join([tag("i", "a"), "<b>"], " & "))
    '<i>a</i> &amp; &lt;b&gt;'
    """
    return escape(between).join(parts)


def foreign(content: str, language: str) -> Markup:
    """Return plain text as HTML; in English, runs of Chinese are marked as Chinese, for fonts and screen readers.

    Examples
    --------
    >>> str(foreign("Xinhua (新华社, 2017)", "en"))
    'Xinhua (<bdi lang="zh-CN">新华社</bdi>, 2017)'
    >>> str(foreign("a < b", "en")), str(foreign("新华社", "zh"))
    ('a &lt; b', '新华社')
    """
    if language == "zh":
        return escape(content)
    parts, end = [], 0
    for run in _CHINESE.finditer(content):
        parts += [content[end : run.start()], tag("bdi", run[0], lang="zh-CN")]
        end = run.end()
    return join([*parts, content[end:]])


def link_out(url: str) -> Markup:
    """Return a link that opens in a new tab without a referrer; plain text if it is not http or https.

    Examples
    --------
    >>> str(link_out("javascript:alert(1)"))
    'javascript:alert(1)'
    """
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return tag("a", url, href=url, target="_blank", rel="noopener noreferrer")
