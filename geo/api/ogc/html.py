"""HTML pages of the API: headings, tables and links, without scripts or external files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from geo.api.asking import HTML, Ask, Reply

__all__ = ["page", "table_of"]

_STYLE = (
    "body{font:15px/1.5 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:72rem;"
    "margin:1.5rem auto;padding:0 1rem;color:#1f2a33}table{border-collapse:collapse;display:block;overflow-x:auto}"
    "th,td{border:1px solid #d8dcdf;padding:.25rem .6rem;text-align:start;vertical-align:top}"
    "a{color:#1f6f8b}nav a{margin-inline-end:1rem}"
)


def _cell(value: Any) -> str:
    """Return a cell: a pair becomes a link, None a dash."""
    if isinstance(value, tuple):
        return f'<a href="{escape(value[0])}">{escape(str(value[1]))}</a>'
    return "–" if value is None else escape(str(value))


def table_of(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as HTML; a pair (address, text) becomes a link."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{top}</tr></thead>' if any(head) else ''}<tbody>{body}</tbody></table>"


def page(
    ask: Ask,
    title: str,
    body: str,
    links: Sequence[Mapping[str, str]],
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Return a page with a title, `body` (HTML), and the links of the resource."""
    up = f'<a href="{escape(ask.base)}/ogc/?f=html">/ogc/</a>'
    named = "".join(
        f'<a href="{escape(one["href"])}" rel="{escape(one["rel"])}">{escape(one.get("title") or one["rel"])}</a>'
        for one in links
    )
    html = (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><nav>{up}</nav><h1>{escape(title)}</h1>{body}<nav>{named}</nav></body></html>\n"
    )
    return Reply(html.encode(), HTML, headers=dict(headers or {}))
