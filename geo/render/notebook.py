"""A view in a notebook: interactive map and table, in HTML that needs no network."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from geo.atlas import View
from geo.base.messages import html_lang, text
from geo.contract.notices import notice
from geo.errors import MissingDependencyError
from geo.render.map import standalone

__all__ = ["view_html"]

_HEIGHT_PX = 420
_MOST_ROWS = 10


def view_html(view: View) -> str:
    """Return a view as HTML for Jupyter, VS Code and marimo: the interactive map in a frame, and a table of places.

    Parameters
    ----------
    view : View
        Its selection gives the language, the measure to colour by and the place in focus.

    Returns
    -------
    str
        Less than 1 MB. Names pass through no template, and the frame may run only its own scripts. If the package that
        brings Leaflet is not installed, there is only the table, and a note on what to install.
    """
    try:
        return _frame(view) + _table(view)
    except MissingDependencyError as error:
        said = error.in_language(view.selection.language)
        return f"<p>{html.escape(said)}</p>" + _table(view)


def _frame(view: View) -> str:
    if view.places.empty:
        return ""
    language = view.selection.language
    scripts = standalone.scripts("notebook.js")
    state = standalone.offline_state(view)
    files = {**standalone.map_files(view, state), "state": state}
    page = [
        "<!doctype html>",
        f'<html lang="{html_lang(language)}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{standalone.content_policy(scripts)}">',
        f"<style>{standalone.styles()}\nhtml,body,#map_div{{height:100%;margin:0}}</style></head>",
        f'<body><div id="map_div" role="application" aria-label="{html.escape(text("web.map.label", language))}">',
        "</div>",
        *(
            f'<script type="application/json" id="geo-{name}">{standalone.embed_json(value)}</script>'
            for name, value in files.items()
        ),
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    # Quoted with single quotes, since JSON is full of double ones: half the size of html.escape's output.
    inner = "\n".join(page).replace("&", "&amp;").replace("'", "&#39;")
    style = f"width:100%;height:{_HEIGHT_PX}px;border:1px solid #d5dade"
    title = html.escape(view.atlas.meta[f"title_{language}"])
    return f'<iframe sandbox="allow-scripts" title="{title}" style="{style}" srcdoc=\'{inner}\'></iframe>'


def _table(view: View) -> str:
    """Return the first places as a table, and the notices: all that is visible where scripts do not run."""
    atlas, language = view.atlas, view.selection.language
    kinds = atlas.choices("kinds", language)
    ids = list(view.places.index)
    rows = [atlas.place_rows[place_id] for place_id in ids[:_MOST_ROWS]]
    head = [text(f"library.view.{name}", language) for name in ("place", "kind", "status", "since")]
    cells = [
        [
            row[f"name_{language}"],
            kinds[row["kind"]],
            text(f"web.status.{row['status']}", language),
            row["since_edition"] or "–",
        ]
        for row in rows
    ]
    lines = [f"<tr>{_cells('th', head)}</tr>", *(f"<tr>{_cells('td', row)}</tr>" for row in cells)]
    shown = text("library.view.count", language, count=len(ids), institutions=len(view.institutions))
    notices = (atlas.meta[f"attribution_{language}"], notice(atlas.meta, language))
    more = [text("library.view.more", language, count=len(ids) - len(rows))] if len(ids) > len(rows) else []
    said = "".join(f"<p>{html.escape(' · '.join(words))}</p>" for words in ([shown, *more], notices))
    return f"<div><table>{''.join(lines)}</table>{said}</div>"


def _cells(name: str, words: Iterable[Any]) -> str:
    return "".join(
        f'<{name} style="text-align:left;padding:2px 12px 2px 0">{html.escape(str(word))}</{name}>' for word in words
    )
