"""Recognition of the coordinate columns and their notation: by option, file, name or values, or by a question."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.base.told import told
from geo.errors import UsageError
from geo.tables.column_names import NameMatch, match_name, stated_datum
from geo.tables.column_values import coordinates_by_values
from geo.tables.notes import Note, listed, note
from geo.tables.pairs import compared
from geo.tables.points import Coordinates, enough_rows, raw_pair
from geo.tables.projections import BD09MC, Bbox, Fit, crs_code, fitting_projections, in_box, is_projected, to_degrees
from geo.tables.reasons import MISSING, SET_ASIDE_FROM, ZERO
from geo.tables.srid import stated_crs
from geo.tables.stacked import is_text
from geo.tables.values import as_text, comma_numbers

__all__ = ["FIT_NOTES", "NO_COORDINATES", "Asked", "Recognition", "fit_notes", "recognise"]

#: Id of the question if no column looks like coordinates.
NO_COORDINATES = "ask_none"
#: Notes that a choice between fits replaces.
FIT_NOTES = ("converted", "northing_first", "other_crs")

_USABLE = 0.5
_FIT_POINTS = 300
#: Most candidates behind the one that is used that are examined, to be named as not used.
_JUDGED = 50
#: Rank of columns called x and y, which may hold anything.
_ANYTHING = 7
#: Longest name that is compared with others, which takes quadratic time.
_NEAR = 100
_COMMA_PAIR = r"^\s*[\[(]?\s*\d+,\d+\s*[;；\s]\s*\d+,\d+\s*[\])]?\s*$"
#: In cells that are no plain coordinates: degrees with decimals or minutes, once or twice.
_DECIMALS = r"\d{1,3}\s*[.,°º˚度]\s*\d{2}"
_TWO_DECIMALS = rf"{_DECIMALS}.*{_DECIMALS}"
_GROUPED = r"^[+-]?\d{1,3},\d{3}$"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the caller on coordinates, and what is known of the city."""

    lon: str | None = None
    lat: str | None = None
    point: str | None = None
    geometry: str | None = None
    crs: str | None = None
    decimal: str | None = None
    bbox: Bbox | None = None
    metric_crs: str | None = None
    vertices: int = 200_000


@dataclass(slots=True)
class Recognition:
    """What was recognised.

    Attributes
    ----------
    coordinates : Coordinates or None
        None if there are none, or if it is not clear which.
    question : Note or None
        The question to the user if it is not clear; it names the candidates and the option.
    candidates : list of tuple of str
        The columns that could be meant.
    roles : mapping of str to str
        Column → ``lon``, ``lat``, ``point``, ``geometry``, ``address``, ``district``, ``township`` or ``code``.
    notes : list of Note
        Remarks for the report.
    fits : tuple of Fit
        The CRSs and orders that the values allow; the first is used unless the rows are evidence for another.
    """

    coordinates: Coordinates | None = None
    question: Note | None = None
    candidates: list[tuple[str, ...]] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    fits: tuple[Fit, ...] = ()


class _Unclear(Exception):  # noqa: N818
    """It is not clear how numbers are to be read; holds the question to the user."""

    def __init__(self, question: Note) -> None:
        self.question = question
        super().__init__(question.id)


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: int
    spec: Coordinates
    #: The numbers of its first rows, if they were slow to read.
    read: tuple[Any, Any, Any] | None = None


def recognise(sample: pa.Table, asked: Asked, geometry: str = "", crs: str = "") -> Recognition:
    """Recognise the coordinate columns of a table by its first rows.

    Parameters
    ----------
    sample : pyarrow.Table
        The first rows, all columns.
    asked : Asked
    geometry, crs : str
        Geometry column and CRS that the file itself states, or "".

    Raises
    ------
    UsageError
        If an option names a column that does not exist, or options contradict each other.
    """
    names = sample.column_names
    matches = {name: match_name(name) for name in names}
    found = Recognition(roles=_roles(matches, sample.schema))
    base = Coordinates("pair", (), "", bbox=asked.bbox, decimal=asked.decimal or ".", vertices=asked.vertices)
    given = _by_option(asked, names, base)
    if given is not None:
        candidates = [_Candidate(0, given)]
    elif geometry:
        candidates = [_Candidate(0, replace(base, kind="geometry", columns=(geometry,), rule="file"))]
    else:
        candidates = _by_name(matches, base)
        candidates, unread = _usable(candidates, sample, asked, found)
        if not candidates:
            candidates = [_Candidate(0, spec) for spec in coordinates_by_values(sample, base)]
        if not candidates:
            found.question = unread or note(NO_COORDINATES, columns=listed(names) or "–")
            return found
    best = _best(candidates, found, sample)
    if not best:
        return found
    if len(best) > 1:
        found.candidates = [candidate.spec.columns for candidate in best]
        found.question = note("ask_several", candidates="; ".join(map(listed, found.candidates)))
        return found
    try:
        spec = _with_decimal(best[0].spec, sample, asked)
        read = best[0].read or raw_pair(spec, enough_rows(spec, sample))
        found.coordinates = _fitted(spec, read, asked, crs or _cells_crs(spec, sample), found)
    except _Unclear as unclear:
        found.candidates, found.question = [best[0].spec.columns], unclear.question
        return found
    for name, role in zip(found.coordinates.columns, _spec_roles(found.coordinates), strict=True):
        found.roles[name] = role
    return found


def _spec_roles(spec: Coordinates) -> tuple[str, ...]:
    if spec.kind != "pair":
        return (spec.kind,)
    return ("lat", "lon") if spec.swapped else ("lon", "lat")


def _roles(matches: dict[str, tuple[NameMatch, ...]], schema: pa.Schema) -> dict[str, str]:
    """Return the roles of columns whose names stand for an address (which is a text), district, township or code."""
    roles = {}
    for name, found in matches.items():
        role = next((m.role for m in found if m.role in ("address", "district", "township", "code")), "")
        kind = schema.field(name).type
        if role and (role != "address" or is_text(kind) or pa.types.is_dictionary(kind)):
            roles[name] = role
    return roles


def _by_option(asked: Asked, names: Sequence[str], base: Coordinates) -> Coordinates | None:
    if asked.decimal not in (None, ".", ","):
        raise told(UsageError, "refused.decimal", given=asked.decimal)
    ways = [("lon and lat", (asked.lon, asked.lat)), ("point", (asked.point,)), ("geometry", (asked.geometry,))]
    used = [(option, columns) for option, columns in ways if any(c is not None for c in columns)]
    if not used:
        return None
    if len(used) > 1:
        raise told(UsageError, "refused.two_ways", options=" and ".join(option for option, _ in used))
    option, columns = used[0]
    if None in columns:
        raise told(UsageError, "refused.lon_lat")
    for column in columns:
        if column not in names:
            near = difflib.get_close_matches(str(column)[:_NEAR], [n for n in names if len(n) <= _NEAR], 3, 0.4)
            kind = "refused.no_column_near" if near else "refused.no_column"
            raise told(UsageError, kind, column=column, columns=listed(names), near=listed(near))
    kind = "pair" if option == "lon and lat" else option
    stated = {datum for c in columns if (datum := stated_datum(str(c)))}
    datum = stated.pop() if len(stated) == 1 else ""
    return replace(base, kind=kind, columns=tuple(str(c) for c in columns), rule="option", datum=datum)


def _by_name(matches: dict[str, tuple[NameMatch, ...]], base: Coordinates) -> list[_Candidate]:
    candidates = []
    by_role: dict[str, list[tuple[str, NameMatch]]] = {}
    for name, found in matches.items():
        for match in found:
            by_role.setdefault(match.role, []).append((name, match))
    for east, north, rank in (("lon", "lat", 0), ("x", "y", _ANYTHING)):
        for lon, lat in _pairs(by_role.get(east, []), by_role.get(north, [])):
            spec = replace(base, columns=(lon[0], lat[0]), rule="name", datum=lon[1].datum or lat[1].datum)
            own = 0 if lon[1].exact and lat[1].exact else 1 if _is_own(lon[1].rest) else 2
            candidates.append(_Candidate(rank + own, spec))
    for kind, rank in (("point", 3), ("geometry", 5)):
        for name, match in by_role.get(kind, []):
            spec = replace(base, kind=kind, columns=(name,), rule="name", datum=match.datum)
            candidates.append(_Candidate(rank + (not match.exact), spec))
    return candidates


def _is_own(rest: str) -> bool:
    """Return whether the rest of a name beside the axis says only that it is a location, as in ``location.lng``."""
    return any(match.exact for match in match_name(rest) if match.role == "point")


Named = tuple[str, NameMatch]


def _pairs(east: list[Named], north: list[Named]) -> list[tuple[Named, Named]]:
    alike: dict[tuple[str, str], list[Named]] = {}
    for b in north:
        alike.setdefault((b[1].rest, b[1].datum), []).append(b)
    pairs = [(a, b) for a in east for b in alike.get((a[1].rest, a[1].datum), ()) if a[0] != b[0]]
    if len(pairs) > 1:  # "lng" goes with "lat", "经度" with "纬度"
        pairs = [(a, b) for a, b in pairs if a[0].isascii() == b[0].isascii()] or pairs
    if not pairs and len(east) == len(north) == 1 and east[0][0] != north[0][0]:
        pairs = [(east[0], north[0])]
    return pairs


def _usable(
    candidates: list[_Candidate], sample: pa.Table, asked: Asked, found: Recognition
) -> tuple[list[_Candidate], Note | None]:
    """Return the candidates whose cells are read as coordinates; others only if no candidate has such cells.

    Also return the question if no candidate can be used, about the first whose cells are coordinates in an unknown
    notation.
    """
    kept: list[_Candidate] = []
    empty: list[_Candidate] = []
    wordy: list[Note] = []
    unread: Note | None = None
    for number, candidate in enumerate(sorted(candidates, key=lambda one: one.rank)):
        if number >= _JUDGED and kept and candidate.rank > kept[0].rank:
            break  # it would not be taken: the better ones are all judged
        spec = _with_decimal(candidate.spec, sample, asked)
        read = raw_pair(spec, enough_rows(spec, sample))
        codes = read[2]
        filled = int((codes != MISSING).sum())
        if not filled:
            empty.append(candidate)
        elif (codes < SET_ASIDE_FROM).sum() >= _USABLE * filled:
            kept.append(replace(candidate, read=read if spec.kind == "geometry" and not kept else None))
        elif candidate.rank < _ANYTHING and (cell := _unread(spec, sample)) is not None:
            unread = unread or note("ask_unread", columns=listed(spec.columns), cell=listed([cell]))
        elif spec.kind == "pair":
            wordy.append(note("not_numbers", columns=listed(spec.columns)))
    if not kept:
        found.notes += wordy
    return kept or [c for c in empty if c.spec.kind == "pair"], unread


def _unread(spec: Coordinates, sample: pa.Table) -> str | None:
    """Return an example if most non-empty cells look like coordinates although they could not be read, else None."""
    if spec.kind == "geometry":
        return None
    text = as_text(sample.column(spec.columns[0]).combine_chunks())
    hits = pc.fill_null(pc.match_substring_regex(text, _DECIMALS if spec.kind == "pair" else _TWO_DECIMALS), False)
    most = (pc.sum(hits).as_py() or 0) >= _USABLE * max(len(text) - text.null_count, 1)
    return str(text.filter(hits)[0]) if most else None


def _best(candidates: list[_Candidate], found: Recognition, sample: pa.Table) -> list[_Candidate]:
    """Return the candidate to use; several if the user has to choose, none if another question is asked."""
    lowest = min(candidate.rank for candidate in candidates)
    best = [candidate for candidate in candidates if candidate.rank == lowest]
    if len(best) == 2:
        specs = [candidate.spec for candidate in best]
        taken, said = compared(specs, sample)
        if taken is None and said.id != "ask_several":
            found.candidates, found.question = [spec.columns for spec in specs], said
            return []
        if taken is not None:
            found.notes.append(said)
            best = [_Candidate(lowest, taken)]
    rest = [
        c.spec.columns for c in candidates if c.rank != lowest and not set(c.spec.columns) & set(best[0].spec.columns)
    ]
    if rest and len(best) == 1:
        found.notes.append(note("not_used", columns="; ".join(map(listed, rest))))
    return best


def _with_decimal(spec: Coordinates, sample: pa.Table, asked: Asked) -> Coordinates:
    """Return the columns with their decimal mark decided."""
    if asked.decimal is not None or spec.kind == "geometry":
        return spec
    columns = [sample.column(name).combine_chunks() for name in spec.columns]
    texts = [c for c in columns if pa.types.is_string(c.type) or pa.types.is_large_string(c.type)]
    if spec.kind == "point":
        hits = sum(pc.sum(pc.match_substring_regex(as_text(c), _COMMA_PAIR)).as_py() or 0 for c in texts)
        filled = sum(len(c) - c.null_count for c in texts)
        return replace(spec, decimal="," if filled and hits > filled / 2 else ".")
    values = [comma_numbers(c) for c in texts]
    count = sum(v.size for v in values)
    if not count:
        return spec
    grouped = sum(pc.sum(pc.match_substring_regex(as_text(c), _GROUPED)).as_py() or 0 for c in texts)
    degrees = sum(int((np.abs(v) <= 180).sum()) for v in values)
    return replace(spec, decimal="," if grouped < count or degrees == count else ".")


def _fitted(
    spec: Coordinates, read: tuple[Any, Any, Any], asked: Asked, file_crs: str, found: Recognition
) -> Coordinates:
    """Return the columns with the order and CRS of the two numbers decided: by option, by file, or by the values."""
    a, b, codes = read
    good = (codes < SET_ASIDE_FROM) & (codes != ZERO) & ~((a == 0) & (b == 0))
    a, b = a[good], b[good]
    step = max(len(a) // _FIT_POINTS, 1)
    few_a, few_b = a[::step], b[::step]
    for crs, rule in ((asked.crs, "option"), (file_crs or None, "file")):
        if crs is not None:
            spec = replace(spec, crs=crs_code(crs), crs_rule=rule)
            if rule == "file" and spec.kind == "geometry":
                return spec  # the file's own geometry: x is east by its format
            break
    else:
        large = (np.abs(few_a) > 180) | (np.abs(few_b) > 180)
        if len(a) and float(large.mean()) >= _USABLE:
            return _metres(spec, few_a[large], few_b[large], asked, found)
    return _ordered(spec, few_a, few_b, asked.bbox, found)


def _cells_crs(spec: Coordinates, sample: pa.Table) -> str:
    """Return the CRS that geometries in cells state, or ""; a column must not mix several."""
    column = sample.column(spec.columns[0])
    if spec.kind != "geometry" or not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        return ""
    stated = stated_crs(column.to_pylist())
    if len(stated) > 1:
        raise _Unclear(note("ask_crs_mixed", columns=listed(spec.columns), names=", ".join(stated)))
    return stated[0] if stated else ""


def _metres(spec: Coordinates, a: Any, b: Any, asked: Asked, found: Recognition) -> Coordinates:
    """Return the columns in the likeliest CRS of metres; the areas that rows name may later decide for another."""
    if asked.bbox is None:
        raise _Unclear(note("ask_crs", columns=listed(spec.columns)))
    fits = fitting_projections(a, b, asked.bbox, asked.metric_crs)
    if not fits:
        raise _Unclear(note("ask_crs", columns=listed(spec.columns)))
    usual = [one.crs for one in fits if one.usual]
    if len(usual) > 1:
        raise _Unclear(note("ask_crs_of", columns=listed(spec.columns), names=", ".join(usual)))
    found.fits, fit = tuple(fits), fits[0]
    found.notes += fit_notes(fit, spec.columns)
    others = [other.crs for other in fits if other is not fit]
    if others:
        found.notes.append(note("other_crs", names=", ".join(others)))
    return replace(spec, crs=fit.crs, crs_rule="values", swapped=fit.swapped)


def fit_notes(fit: Fit, columns: Sequence[str]) -> list[Note]:
    """Return the notes on the CRS and order that were chosen."""
    crs = "BD-09MC" if fit.crs == BD09MC else fit.crs
    said = [note("converted", crs=crs, share=round(100 * fit.share))]
    return [*said, note("northing_first", columns=listed(columns))] if fit.swapped else said


def _ordered(spec: Coordinates, a: Any, b: Any, bbox: Bbox | None, found: Recognition) -> Coordinates:
    """Return the columns with the order decided: whether the first number is east or north."""
    if not len(a):
        found.notes.append(note("no_values"))
        return spec
    if bbox is not None:
        straight = float(in_box(*to_degrees(a, b, spec.crs), bbox).mean())
        turned = float(in_box(*to_degrees(b, a, spec.crs), bbox).mean())
    elif is_projected(spec.crs):
        return spec
    else:
        straight = float(((np.abs(a) <= 180) & (np.abs(b) <= 90)).mean())
        turned = float(((np.abs(b) <= 180) & (np.abs(a) <= 90)).mean())
    if turned > straight and turned >= _USABLE:
        found.notes.append(note("swapped", columns=listed(spec.columns), share=round(100 * turned)))
        return replace(spec, swapped=True)
    if bbox is not None and straight < _USABLE:
        found.notes.append(note("outside_city", share=round(100 * straight)))
    return spec
