"""Charts as pictures: the figures of a place over time, and the ranking of a measure, as SVG and as PNG."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from geo.analysis.coverage import fuller_level
from geo.analysis.series import charts
from geo.api.asking import Answering, Ask, RefusedError, Reply
from geo.api.data import known_measure, known_place, state_of
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS
from geo.base.messages import LANGUAGES
from geo.render.chart.picture import PICTURE_FORMATS, picture, readable_language
from geo.render.chart.ranking import ranking_sheet
from geo.render.chart.series import series_sheet
from geo.render.chart.words import chart_file, chart_title
from geo.render.figure.fonts import can_draw

__all__ = ["ROUTES"]

_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}

#: Allowed values of a ranking's query parameters besides filters and language. The default order is the first; the
#: default level is the one with more figures to rank.
_ORDERS, _LEVELS = ("desc", "asc"), ("layout", "district")
_OWN = ("of", "order")
_OF_STATE = (*FILTERS.values(), "q", "lang")


def _drawing(ask: Ask) -> None:
    """Raise `RefusedError` (404) if pictures cannot be drawn."""
    if not can_draw():
        raise RefusedError.of("missing", given=ask.path[:80], nearest="–", where="/data/index.json")


def _one_of(given: str, name: str, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        raise RefusedError.of("value", name=name, given=given[:80], allowed=", ".join(allowed))
    return given


def _reply(body: bytes, name: str, file_format: str) -> Reply:
    headers = {"Content-Disposition": f'inline; filename="{name}.{file_format}"'}
    return Reply(body, _MEDIA_TYPES[file_format], headers=headers)


def series_picture(atlas: Atlas, ask: Ask, place: str, chart: str, *, file_format: str) -> Reply:
    """Answer ``/data/charts/<place>/<topic>-<unit>.svg`` and ``.png``."""
    given = ask.parameters(("lang",)).get("lang", LANGUAGES[0])
    language = readable_language(_one_of(given, "lang", LANGUAGES))
    place = known_place(atlas, place)
    found = {chart_file(one).rpartition("/")[2]: one for one in charts(atlas, place)}
    if chart not in found:
        raise RefusedError.unknown(chart, found, where="/data/index.json")
    _drawing(ask)
    drawn, title = series_sheet(atlas, found[chart], language), chart_title(atlas, found[chart], language)
    return _reply(picture(drawn, file_format, title=title, language=language), f"{place}-{chart}", file_format)


def ranking_picture(atlas: Atlas, ask: Ask, measure: str, *, file_format: str) -> Reply:
    """Answer ``/data/<measure>.svg?…`` and ``.png``: the ranking of the places that the filters leave."""
    measure = known_measure(atlas, measure)
    own = replace(ask, query=tuple(pair for pair in ask.query if pair[0] in _OWN)).parameters(_OWN)
    selection = state_of(atlas, (pair for pair in ask.query if pair[0] not in _OWN), (*_OF_STATE, *_OWN))
    level = _one_of(own.get("of", fuller_level(atlas, measure)), "of", _LEVELS)
    order = _one_of(own.get("order", _ORDERS[0]), "order", _ORDERS)
    language = readable_language(selection.language)
    _drawing(ask)
    chosen = selection.replace(measure=measure)
    drawn = ranking_sheet(atlas, chosen, level, language, ascending=order == "asc")
    title = str(atlas.rows("measures")[measure][f"label_{language}"])
    return _reply(picture(drawn, file_format, title=title, language=language), measure, file_format)


#: Path → function that answers it.
ROUTES: dict[str, Answering] = {
    f"{path}.{one}": partial(answering, file_format=one)
    for path, answering in (("/data/charts/<place>/<chart>", series_picture), ("/data/<measure>", ranking_picture))
    for one in PICTURE_FORMATS
}
