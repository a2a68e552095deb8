"""Query parameters of a request for features: paging, area, time, property and CQL2 filters."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.api.asking import Ask, RefusedError
from geo.api.ogc.collections import Collection
from geo.api.ogc.crs import CRS84, check_position, crs_of, is_projected, shapes_in
from geo.api.ogc.filters import matches
from geo.atlas.atlas import Atlas

__all__ = ["DEFAULT_LIMIT", "FORMATS", "MOST", "OWN", "Wanted", "wanted", "wants_html"]

#: Features per page: default and maximum.
DEFAULT_LIMIT, MOST = 100, 1000

#: Query parameters besides one for each property.
OWN = ("f", "limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs")

FORMATS = ("json", "html")
LANGUAGES = ("cql2-text", "cql2-json")

_FAR = 1_000_000_000
_OPEN = ("", "..")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """The requested features: their indexes in order, the page, the CRS, and the query."""

    numbers: NDArray[np.intp]
    limit: int
    offset: int
    crs: str
    query: dict[str, str]


def wants_html(ask: Ask, given: str | None) -> bool:
    """Return whether to answer in HTML: by the parameter f, otherwise by the Accept header.

    Raises
    ------
    RefusedError
        If f is not one of `FORMATS`.
    """
    if given is None:
        return ask.accept == "html"
    if given not in FORMATS:
        raise RefusedError.of("value", name="f", given=given[:80], allowed=", ".join(FORMATS))
    return given == "html"


def wanted(atlas: Atlas, one: Collection, ask: Ask) -> Wanted:
    """Return the features that a request asks for.

    Raises
    ------
    RefusedError
        If a parameter is unknown, given twice, or has an invalid value.
    """
    query = ask.parameters((*OWN, *one.schemas))
    crs = crs_of(atlas, query.get("crs"), "crs")
    chosen = np.ones(len(one.rows), bool)
    if "bbox" in query:
        chosen &= _in_bbox(atlas, one, query["bbox"], crs_of(atlas, query.get("bbox-crs"), "bbox-crs"))
    elif "bbox-crs" in query:
        crs_of(atlas, query["bbox-crs"], "bbox-crs")
    if "datetime" in query:
        chosen &= _at(one, query["datetime"])
    filter_crs, language = crs_of(atlas, query.get("filter-crs"), "filter-crs"), query.get("filter-lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise RefusedError.of("value", name="filter-lang", given=language[:80], allowed=", ".join(LANGUAGES))
    if "filter" in query:
        chosen &= matches(atlas, one, query["filter"], language, filter_crs)
    for name in one.schemas:
        if name in query:
            chosen &= _equal(one, name, query[name])
    limit = min(_whole_number("limit", query.get("limit", str(DEFAULT_LIMIT)), least=1), MOST)
    offset = _whole_number("offset", query.get("offset", "0"), least=0)
    return Wanted(np.flatnonzero(chosen), limit, offset, crs, query)


def _whole_number(name: str, given: str, *, least: int) -> int:
    if not re.fullmatch(r"\d{1,9}", given, re.ASCII) or int(given) < least:
        raise RefusedError.of("value", name=name, given=given[:80], allowed=f"{least} … {_FAR - 1}")
    return int(given)


def _equal(one: Collection, name: str, given: str) -> NDArray[np.bool_]:
    """Return which features have exactly this value of a property."""
    schema = one.schemas[name]
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    value: Any = given
    if kind in ("number", "integer"):
        value = _number(name, given)
    elif kind == "boolean":
        if given not in ("true", "false"):
            raise RefusedError.of("value", name=name, given=given[:80], allowed="true, false")
        value = given == "true"
    allowed = [word for word in schema.get("enum", ()) if word is not None]
    if allowed and value not in allowed:
        raise RefusedError.of("value", name=name, given=given[:80], allowed=", ".join(allowed))
    return np.fromiter((row[name] is not None and row[name] == value for row in one.rows), bool, len(one.rows))


def _number(name: str, given: str) -> float:
    try:
        value = float(given) if given.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RefusedError.of("number", name=name, given=given[:80])
    return value


def _in_bbox(atlas: Atlas, one: Collection, given: str, crs: str) -> NDArray[np.bool_]:
    """Return which features intersect a box given in `crs`; features without geometry match every box."""
    numbers = [_number("bbox", part.strip()) for part in given.split(",")]
    if len(numbers) not in (4, 6):
        raise RefusedError.of("bbox", given=given[:80])
    half = len(numbers) // 2  # heights are ignored: no feature has one
    low, high = numbers[:2], numbers[half : half + 2]
    for first, second in (low, high):
        check_position(crs, first, second, "bbox")
    x = 0 if crs == CRS84 else 1
    across = not is_projected(crs) and low[x] > high[x]
    if low[1 - x] > high[1 - x] or (low[x] > high[x] and not across) or (half == 3 and numbers[2] > numbers[5]):
        raise RefusedError.of("bbox", given=given[:80])
    boxes = [shapely.box(low[0], low[1], high[0], high[1])]
    if across:  # the box crosses the antimeridian
        east, west = list(high), list(low)
        east[x], west[x] = 180.0, -180.0
        boxes = [shapely.box(low[0], low[1], east[0], east[1]), shapely.box(west[0], west[1], high[0], high[1])]
    shapes = shapes_in(atlas, one.id, crs)
    found: NDArray[np.bool_] = shapely.is_missing(shapes)
    for box in boxes:
        shapely.prepare(box)
        found = found | shapely.intersects(shapes, box)
    return found


def _at(one: Collection, given: str) -> NDArray[np.bool_]:
    """Return which features fall into a moment or an interval; features without a date always match."""
    parts = given.split("/")
    if len(parts) > 2 or (len(parts) == 2 and parts[0] in _OPEN and parts[1] in _OPEN):
        raise RefusedError.of("datetime", given=given[:80])
    first = -math.inf if len(parts) == 2 and parts[0] in _OPEN else _moment(parts[0], given)
    last = math.inf if len(parts) == 2 and parts[1] in _OPEN else _moment(parts[-1], given, end=True)
    if first > last:
        raise RefusedError.of("datetime", given=given[:80])
    found: NDArray[np.bool_] = (one.first_day <= last) & (one.last_day + 1 > first)
    return found


def _moment(written: str, given: str, *, end: bool = False) -> float:
    """Return a moment as a day number with fraction; a date without time covers the whole day."""
    if not _MOMENT.match(written):
        raise RefusedError.of("datetime", given=given[:80])
    try:
        if len(written) == 10:
            return date.fromisoformat(written).toordinal() + (1 - 1e-9 if end else 0)
        moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError.of("datetime", given=given[:80]) from None
    midnight = datetime.combine(moment.date(), datetime.min.time(), UTC)
    return moment.toordinal() + (moment - midnight).total_seconds() / 86400
