"""HTML of our own with every word escaped, and values, dates and citations as text."""

from __future__ import annotations

import html
import re

__all__ = ["foreign", "link", "tag", "words"]

#: A run of Chinese, with the marks and numbers inside it.
_CHINESE = re.compile(
    r"[〔《（“]?[\u4e00-\u9fff](?:[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef0-9.·—“”-]*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])?"
)


def tag(name: str, *content: str, **attributes: str) -> str:
    """Return an HTML element.

    Parameters
    ----------
    name : str
        Of the element.
    content : str
        HTML already: put data through `words` or `html.escape`.
    attributes : str
        Plain text; ``class_`` is class, ``data_x`` is data-x.

    Examples
    --------
    >>> tag("b", words("i", "<x>"), class_="y", data_z="'")
    '<b class="y" data-z="&#x27;"><i>&lt;x&gt;</i></b>'
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(content)}</{name}>"


def words(name: str, content: str, **attributes: str) -> str:
    """Return an HTML element around plain text.

    Examples
    --------
    >>> words("p", "a < b")
    '<p>a &lt; b</p>'
    """
    return tag(name, html.escape(content), **attributes)


def foreign(content: str, language: str) -> str:
    """Return plain text as HTML; in English each run of Chinese says that it is, for fonts and for reading aloud.

    Examples
    --------
    >>> foreign("Xinhua (新华社, 2017)", "en")
    'Xinhua (<bdi lang="zh-CN">新华社</bdi>, 2017)'
    >>> foreign("a < b", "en"), foreign("新华社", "zh")
    ('a &lt; b', '新华社')
    """
    if language == "zh":
        return html.escape(content)
    parts, end = [], 0
    for run in _CHINESE.finditer(content):
        parts += [html.escape(content[end : run.start()]), words("bdi", run[0], lang="zh-CN")]
        end = run.end()
    return "".join([*parts, html.escape(content[end:])])


def link(url: str) -> str:
    """Return a link that opens elsewhere and tells nothing of this page; only text unless it is http or https.

    Examples
    --------
    >>> link("javascript:alert(1)")
    'javascript:alert(1)'
    """
    if not url.startswith(("http://", "https://")):
        return html.escape(url)
    return words("a", url, href=url, target="_blank", rel="noopener noreferrer")
