"""Read ``seeds/`` into checked tables; report every problem at once, with file, row and remedy; mend nothing."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from geo.errors import DataError
from geo.schema import Column, Table, tables

__all__ = ["SEED_TABLES", "Row", "Seeds", "check_cell", "period_end", "read_seeds"]

#: A row as written in the file: column → text.
Row = dict[str, str]

#: Tables that are CSV files in ``seeds/``; the other tables of the contract are GeoJSON or are built.
SEED_TABLES = (
    "sources",
    "editions",
    "edition_places",
    "kinds",
    "places",
    "clusters",
    "place_clusters",
    "units",
    "measures",
    "scopes",
    "facts",
    "policy",
    "policy_places",
    "policy_outcomes",
    "institutions",
    "basemap",
)

_META_KEYS = {
    "atlas_id": str,
    "title_zh": str,
    "title_en": str,
    "languages": list,
    "city_place_id": str,
    "bbox": list,
    "metric_crs": str,
    "context_scope": str,
    "default_edition": str,
    "data_date": str,
    "version": str,
    "border_notice_zh": str,
    "border_notice_en": str,
    "attribution_zh": str,
    "attribution_en": str,
    "geometry_licence": str,
    "tables_licence": str,
    "reference_point": dict,
}

_ID = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufeff\ufffd]")


@dataclass(frozen=True, slots=True)
class Seeds:
    """The checked seeds: `meta` from atlas.toml, `rows` of every table, the folder they came from."""

    folder: Path
    meta: Mapping[str, Any]
    rows: Mapping[str, list[Row]]
    problems: list[str] = field(default_factory=list)

    def by_id(self, table: str) -> dict[str, Row]:
        """Return the rows of a table with a single key column, by that key."""
        key = tables()[table].key[0]
        return {row[key]: row for row in self.rows[table]}


def period_end(period: str) -> date | None:
    """Return the last day a period of the contract covers, or None for ``unknown``; `ValueError` if no such day is.

    >>> period_end("2018-08"), period_end("2018"), period_end("unknown")
    (datetime.date(2018, 8, 31), datetime.date(2018, 12, 31), None)
    """
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"no month {month}")
    if month is None:
        return date(year, 12, 31)
    if day is None:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    return date(year, month, day)


def check_cell(column: Column, value: str) -> str | None:
    """Return what is wrong with the text of one cell and what to write instead, or None.

    Parameters
    ----------
    column : Column
        The contract of the cell.
    value : str
        The cell as it stands in the file; empty means no value.
    """
    if value == "":
        return "is empty but required: fill it, or remove the row" if column.required else None
    if value != value.strip():
        return f"has space around it ({value!r}): remove it"
    if _CONTROL.search(value):
        return f"has a control or replacement character ({value!r}): remove it and save the file as UTF-8"
    match column.type:
        case "id":
            if not _ID.fullmatch(value):
                return f"is {value!r}: an id is lower-case ASCII letters, digits, _ and -"
        case "list":
            parts = value.split(";")
            if "" in (part.strip() for part in parts) or any(part != part.strip() for part in parts):
                return f"is {value!r}: separate items by ; without spaces or empty items"
            if len(set(parts)) != len(parts):
                return f"is {value!r}: it names an item twice, remove one"
        case "integer":
            if not _INTEGER.fullmatch(value):
                return f"is {value!r}: write a whole number without separators"
        case "number":
            if not _NUMBER.fullmatch(value):
                return f"is {value!r}: write a number with a dot as decimal mark, no separators, no unit"
        case "boolean":
            if value not in ("true", "false"):
                return f"is {value!r}: write true or false"
        case "enum":
            if value not in column.allowed:
                return f"is {value!r}: allowed are {', '.join(column.allowed)}"
        case "colour":
            if not _COLOUR.fullmatch(value):
                return f"is {value!r}: write a colour as #RRGGBB"
        case "url":
            if not re.fullmatch(r"https?://[^\s<>\"']+", value):
                return f"is {value!r}: write an http:// or https:// address"
        case "period":
            return _check_period(value)
    return None


def _check_period(value: str) -> str | None:
    allowed = "write YYYY, YYYY-MM or YYYY-MM-DD, or the word unknown"
    if value == "unknown":
        return None
    if not _PERIOD.fullmatch(value):
        return f"is {value!r}: {allowed}"
    try:
        period_end(value)
    except ValueError:
        return f"is {value!r}, which is no date of the calendar: {allowed}"
    return None


def read_seeds(folder: str | Path) -> Seeds:
    """Read every table and ``atlas.toml`` of a seeds folder and check them against the contract.

    Parameters
    ----------
    folder : str or Path
        The seeds folder.

    Returns
    -------
    Seeds
        With `problems`: one line each, ``file:row: column … what … remedy``. The caller decides; `build` adds the
        geometry's problems and raises once. Tables that cannot be read are empty.

    Raises
    ------
    DataError
        If the folder itself is not there.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"no seeds folder {folder}: give --seeds DIR, a folder with atlas.toml and the tables")
    problems: list[str] = []
    meta = _read_meta(folder / "atlas.toml", problems)
    rows = {name: _read_table(folder, tables()[name], problems) for name in SEED_TABLES}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in SEED_TABLES:
            problems.append(f"{path.name}: is no table of the contract: rename or remove it ({', '.join(SEED_TABLES)})")
    for name, column in (("places", "name_zh"), ("places", "name_en"), ("clusters", "colour"), ("kinds", "colour")):
        _check_distinct(name, column, rows[name], problems)
    _check_references(rows, problems)
    _check_places(meta, rows, problems)
    _check_facts(meta, rows, problems)
    _check_institutions(meta, rows, problems)
    return Seeds(folder, meta, rows, problems)


def _read_meta(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        meta: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append("atlas.toml: is missing: every seeds folder has one (title, bbox, CRS, notices)")
        return {}
    except OSError as error:
        problems.append(f"atlas.toml: cannot be read ({error.strerror}): make it a readable file")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"atlas.toml: is not readable TOML in UTF-8 ({error}): mend it")
        return {}
    for key, kind in _META_KEYS.items():
        if not isinstance(meta.get(key), kind):
            problems.append(f"atlas.toml: {key} is missing or not a {kind.__name__}: add it")
    bbox = meta.get("bbox")
    if isinstance(bbox, list) and not (
        len(bbox) == 4
        and all(isinstance(v, int | float) for v in bbox)
        and -180 <= bbox[0] < bbox[2] <= 180
        and -90 <= bbox[1] < bbox[3] <= 90
    ):
        problems.append(f"atlas.toml: bbox is {bbox}: write [west, south, east, north] in degrees")
    data_date = meta.get("data_date")
    if isinstance(data_date, str) and (len(data_date) != 10 or _check_period(data_date)):
        problems.append(f"atlas.toml: data_date is {data_date!r}: write YYYY-MM-DD")
    point = meta.get("reference_point")
    if isinstance(point, dict) and not all(isinstance(point.get(k), int | float) for k in ("lon", "lat")):
        problems.append("atlas.toml: reference_point needs name_zh, name_en, lon and lat")
    return meta


def _read_table(folder: Path, table: Table, problems: list[str]) -> list[Row]:
    name = f"{table.name}.csv"
    try:
        raw = (folder / name).read_bytes()
    except FileNotFoundError:
        problems.append(f"{name}: is missing: add it with the header {','.join(table.names('seeds'))}")
        return []
    except OSError as error:
        problems.append(f"{name}: cannot be read ({error.strerror}): make it a readable file")
        return []
    if raw.startswith(b"\xef\xbb\xbf"):
        problems.append(f"{name}:1: starts with a byte order mark: save it as UTF-8 without BOM")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(f"{name}:{line}: is not UTF-8 (byte {error.start}): save the file as UTF-8")
        return []
    if "\x00" in text:
        problems.append(f"{name}: holds a NUL byte: it is no text file, save it as CSV again")
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    columns = table.names("seeds")
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            problems.append(_header_problem(name, header, columns))
            if not set(columns) <= set(header):
                return []
        for cells in reader:
            where = f"{name}:{reader.line_num}"
            if len(cells) != len(header):
                problems.append(f"{where}: has {len(cells)} cells, the header {len(header)}: quote cells with commas")
                continue
            row = dict(zip(header, cells, strict=True))
            rows.append(row)
            for column in table.columns:
                if column.stage == "seeds" and (wrong := check_cell(column, row[column.name])):
                    problems.append(f"{where}: {column.name} {wrong}")
    except csv.Error as error:
        problems.append(f"{name}:{reader.line_num}: is not well-formed CSV ({error}): check its quotes")
        return []
    _check_keys(name, table, rows, problems)
    return rows


def _header_problem(name: str, header: list[str], columns: tuple[str, ...]) -> str:
    missing = [c for c in columns if c not in header]
    extra = [c for c in header if c not in columns]
    repeated = sorted({c for c in header if header.count(c) > 1})
    detail = "; ".join(
        f"{what} {', '.join(map(repr, found))}"
        for what, found in (("missing", missing), ("unknown", extra), ("twice", repeated))
        if found
    )
    return f"{name}:1: header is not the contract's ({detail or 'other order'}): write {','.join(columns)}"


def _check_keys(name: str, table: Table, rows: list[Row], problems: list[str]) -> None:
    first: dict[tuple[str, ...], int] = {}
    previous: tuple[str, ...] = ()
    for number, row in enumerate(rows, start=2):
        key = tuple(row[column] for column in table.key)
        if key in first:
            problems.append(
                f"{name}:{number}: repeats the key {' / '.join(key)} of row {first[key]}: remove one or correct it"
            )
        elif key < previous:
            problems.append(
                f"{name}:{number}: {' / '.join(key)} stands after {' / '.join(previous)}: "
                f"sort rows by {', '.join(table.key)}"
            )
        first.setdefault(key, number)
        previous = max(previous, key)


def _check_references(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    known = {name: {row[tables()[name].key[0]] for row in found} for name, found in rows.items()}
    for name, found in rows.items():
        for column in tables()[name].columns:
            target = column.references.partition(".")[0]
            if not target or column.stage != "seeds":
                continue
            for number, row in enumerate(found, start=2):
                value = row[column.name]
                for item in value.split(";") if column.type == "list" else [value]:
                    if item and item not in known[target]:
                        problems.append(
                            f"{name}.csv:{number}: {column.name} {item!r} is not in {target}.csv: "
                            f"correct the id or add the row there"
                        )


def _check_distinct(name: str, column: str, rows: list[Row], problems: list[str]) -> None:
    first: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        value = row[column].casefold()
        if value and value in first:
            problems.append(
                f"{name}.csv:{number}: {column} {row[column]!r} is also that of row {first[value]}: "
                f"a reader could not tell them apart, change one"
            )
        first.setdefault(value, number)


def _check_places(meta: Mapping[str, Any], rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    roles = {row["kind"]: row["role"] for row in rows["kinds"]}
    places = {row["place_id"]: row for row in rows["places"]}
    clustered = {row["place_id"] for row in rows["place_clusters"]}
    role = {place_id: roles.get(row["kind"], "") for place_id, row in places.items()}
    if meta and role.get(str(meta.get("city_place_id"))) != "city":
        problems.append(
            f"atlas.toml: city_place_id {meta.get('city_place_id')!r} is no place of role city in places.csv: add it"
        )
    for number, row in enumerate(rows["places"], start=2):
        where = f"places.csv:{number}"
        place_id, parent = row["place_id"], row["parent_id"]
        own, above = role[place_id], role.get(parent, "")
        if own == "node" and above not in ("corridor", "node"):
            problems.append(
                f"{where}: node {place_id} needs a parent_id that is a belt, zone or node; it is {parent!r}"
            )
        if own in ("city", "corridor", "site") and parent:
            problems.append(f"{where}: {place_id} of kind {row['kind']} may have no parent_id, it has {parent!r}")
        if own in ("city", "district") and (row["since_edition"] or row["status"] != "context"):
            problems.append(f"{where}: {place_id} is context: leave since_edition empty and write status context")
        if own in ("corridor", "node", "site"):
            if not row["since_edition"]:
                problems.append(f"{where}: {place_id} has no since_edition: name the document that first names it")
            if row["status"] == "context":
                problems.append(f"{where}: {place_id} is part of the layout: write status planned or operating")
            if place_id not in clustered:
                problems.append(f"{where}: {place_id} has no row in place_clusters.csv: add one with its source")
        for item in row["district_ids"].split(";"):
            if item and role.get(item) not in ("district", None):
                problems.append(f"{where}: district_ids {item!r} is not a district: name districts only")
        seen, step = set(), place_id
        while step in places and step not in seen:
            seen.add(step)
            step = places[step]["parent_id"]
        if step in seen:
            problems.append(f"{where}: {place_id} is among its own parents: break the circle")
    months = {row["edition_id"]: row["month"] for row in rows["editions"]}
    for number, row in enumerate(rows["edition_places"], start=2):
        place = places.get(row["place_id"])
        if place and months.get(row["edition_id"], "9999") < months.get(place["since_edition"], ""):
            problems.append(
                f"edition_places.csv:{number}: {row['edition_id']} names {row['place_id']} before its since_edition "
                f"{place['since_edition']}: correct one of them"
            )
    for number, row in enumerate(rows["editions"], start=2):
        if row["month"] == "unknown":
            problems.append(f"editions.csv:{number}: month is unknown: an edition needs its date to be ordered")


def _check_facts(meta: Mapping[str, Any], rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    measures = {row["measure_id"]: row for row in rows["measures"]}
    limit = _ends(str(meta.get("data_date", "")))
    for number, row in enumerate(rows["measures"], start=2):
        where = f"measures.csv:{number}"
        ratio = bool(row["numerator"]), bool(row["denominator"])
        if ratio[0] != ratio[1]:
            problems.append(f"{where}: give numerator and denominator both, or neither")
        if all(ratio) and row["origin"] != "derived":
            problems.append(f"{where}: a ratio of two measures is derived: write origin derived")
    published_on = {row["source_id"]: _ends(row["published"]) for row in rows["sources"]}
    for number, row in enumerate(rows["facts"], start=2):
        where = f"facts.csv:{number}"
        measure = measures.get(row["measure_id"])
        if measure and measure["origin"] == "derived":
            problems.append(f"{where}: {row['measure_id']} is derived by the build: facts hold reported measures only")
        if row["value"].startswith("-"):
            problems.append(f"{where}: value {row['value']} is negative: no measure of the layout can be")
        _check_not_after(where, "as_of", row["as_of"], limit, problems)
        published, stands_for = published_on.get(row["source_id"]), _starts(row["as_of"])
        if published and stands_for and stands_for > published:
            problems.append(
                f"{where}: as_of {row['as_of']} lies after its source was published ({published}): a document reports "
                f"no future, correct the date or the source (targets go to policy.csv)"
            )
    for number, row in enumerate(rows["sources"], start=2):
        _check_not_after(f"sources.csv:{number}", "published", row["published"], limit, problems)
    for name in ("policy", "policy_outcomes"):
        for number, row in enumerate(rows[name], start=2):
            if row["unit"] and not row["value"]:
                problems.append(f"{name}.csv:{number}: has a unit but no value: give both or neither")
            if row["value"] and not row["unit"]:
                problems.append(f"{name}.csv:{number}: value {row['value']} has no unit: name one of units.csv")


def _check_not_after(where: str, column: str, value: str, limit: date | None, problems: list[str]) -> None:
    start = _starts(value)
    if limit is not None and start is not None and start > limit:
        problems.append(f"{where}: {column} {value} lies after data_date {limit} of atlas.toml: correct one of them")


def _starts(period: str) -> date | None:
    """Return the first day of a period; None if it is unknown or not well-formed."""
    padded = period + {4: "-01-01", 7: "-01"}.get(len(period), "")
    return _ends(padded) if _check_period(period) is None else None


def _ends(period: str) -> date | None:
    """Return the last day of a period; None if it is unknown or not well-formed."""
    return period_end(period) if _check_period(period) is None else None


def _check_institutions(meta: Mapping[str, Any], rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    bbox = meta.get("bbox") or [-180, -90, 180, 90]
    for number, row in enumerate(rows["institutions"], start=2):
        where = f"institutions.csv:{number}"
        placed = row["placed_by"] != "none"
        given = [bool(row[c]) for c in ("lon", "lat", "accuracy_m")]
        if placed and not all(given):
            problems.append(f"{where}: placed_by {row['placed_by']} needs lon, lat and accuracy_m")
        if not placed and any(given):
            problems.append(f"{where}: placed_by none must leave lon, lat and accuracy_m empty")
        if placed and all(_NUMBER.fullmatch(row[c]) for c in ("lon", "lat")):
            lon, lat = float(row["lon"]), float(row["lat"])
            if not (bbox[0] <= lon <= bbox[2] and bbox[1] <= lat <= bbox[3]):
                problems.append(
                    f"{where}: {lon}, {lat} lies outside the city's bbox {bbox}: check lon, lat and their order"
                )
        if placed and row["accuracy_m"].startswith(("-", "0")):
            problems.append(f"{where}: accuracy_m {row['accuracy_m']} must be a positive number of metres")
