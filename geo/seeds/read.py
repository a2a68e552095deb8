"""Read ``seeds/`` into validated tables; all problems at once with file, row and remedy; nothing is repaired."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.base.told import told
from geo.contract.cells import Row, check_cell
from geo.contract.meta import check_meta
from geo.contract.schema import Table, tables
from geo.crs.foreign import read_crs
from geo.errors import CRSError, DataError
from geo.seeds.rules import check_rows

__all__ = ["OPTIONAL_TABLES", "SEED_TABLES", "Row", "Seeds", "expected_columns", "read_seeds"]

#: Tables that are CSV files in ``seeds/``; the other tables of the contract are GeoJSON or computed.
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
    "searched",
    "plans",
    "policy",
    "policy_places",
    "policy_outcomes",
    "institutions",
    "institution_clusters",
    "filed_services",
    "basemap",
    "former_names",
    "releases",
)

#: Tables that a city may omit: a missing file counts as a table without rows.
OPTIONAL_TABLES = frozenset({"searched", "plans", "institution_clusters", "filed_services", "former_names", "releases"})


#: Most column names in a message.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Seeds:
    """The validated seeds: `meta` from atlas.toml, `rows` of every table, and the folder."""

    folder: Path
    meta: Mapping[str, Any]
    rows: Mapping[str, list[Row]]
    problems: list[str] = field(default_factory=list)

    def by_id(self, table: str) -> dict[str, Row]:
        """Return the rows of a table with a single key column, by that key."""
        key = tables()[table].key[0]
        return {row[key]: row for row in self.rows[table]}


def read_seeds(folder: str | Path) -> Seeds:
    """Read every table and ``atlas.toml`` of a seeds folder, and validate them against the contract.

    Parameters
    ----------
    folder : str or Path
        The seeds folder.

    Returns
    -------
    Seeds
        With `problems`, one line each, ``file:row: column … problem … remedy``. The caller decides: `build` adds the
        problems of the geometry and raises once. Unreadable tables are empty, and rows are then not cross-checked.

    Raises
    ------
    DataError
        If the folder does not exist.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise told(DataError, "wrong.seeds_folder", folder=folder)
    problems: list[str] = []
    meta = _read_meta(folder / "atlas.toml", problems)
    read = {name: _read_table(folder, tables()[name], problems) for name in SEED_TABLES}
    rows = {name: found or [] for name, found in read.items()}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in SEED_TABLES:
            problems.append(f"{path.name}: is no table of the contract: rename or remove it ({', '.join(SEED_TABLES)})")
    if None not in read.values():  # otherwise every row that refers to an unreadable table would be a problem
        problems += check_rows(meta, rows)
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        problems.append(f"atlas.toml: is not readable TOML in UTF-8 ({error}): mend it")
        return {}
    for key, problem in [*check_meta(meta), *_check_crs(meta.get("metric_crs"))]:
        problems.append(f"atlas.toml: {problem}")
        meta.pop(key, None)  # a key with a reported problem is not checked further
    return meta


def _check_crs(code: object) -> Iterator[tuple[str, str]]:
    if isinstance(code, str):
        try:
            if not read_crs(code).is_projected:
                yield "metric_crs", f"metric_crs is {code!r}, which counts degrees: write one in metres"
        except CRSError as error:
            yield "metric_crs", f"metric_crs: {error}: write a projected CRS that covers the city, such as EPSG:32633"


def _read_table(folder: Path, table: Table, problems: list[str]) -> list[Row] | None:
    name = f"{table.name}.csv"
    try:
        raw = (folder / name).read_bytes()
    except FileNotFoundError:
        if table.name in OPTIONAL_TABLES:
            return []
        problems.append(f"{name}: is missing: add it with the header {','.join(table.names('seeds'))}")
        return None
    except OSError as error:
        problems.append(f"{name}: cannot be read ({error.strerror}): make it a readable file")
        return None
    if raw.startswith(b"\xef\xbb\xbf"):
        problems.append(f"{name}:1: starts with a byte order mark: save it as UTF-8 without BOM")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(f"{name}:{line}: is not UTF-8 (byte {error.start}): save the file as UTF-8")
        return None
    if "\x00" in text:
        problems.append(f"{name}: holds a NUL byte: it is no text file, save it as CSV again")
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    columns = table.names("seeds")
    try:
        header = next(reader, [])
        expected = expected_columns(table, header)
        if tuple(header) != expected:
            problems.append(_header_problem(name, header, expected))
            if not set(expected) <= set(header):
                return None
        for cells in reader:
            where = f"{name}:{reader.line_num}"
            if len(cells) != len(header):
                problems.append(f"{where}: has {len(cells)} cells, the header {len(header)}: quote cells with commas")
                continue
            row = dict.fromkeys(columns, "") | dict(zip(header, cells, strict=True))
            rows.append(row)
            for column in table.columns:
                if column.stage == "seeds" and (wrong := check_cell(column, row[column.name])):
                    problems.append(f"{where}: {column.name} {wrong}")
    except csv.Error as error:
        problems.append(f"{name}:{reader.line_num}: is not well-formed CSV ({error}): check its quotes")
        return None
    _check_keys(name, table, rows, problems)
    return rows


def expected_columns(table: Table, header: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that a seed table with this header must have, in order.

    A column that no row needs may be missing, so that seeds of an earlier contract build with a later one.
    """
    present = set(header)
    return tuple(c.name for c in table.columns if c.stage == "seeds" and (c.required or c.name in present))


def _header_problem(name: str, header: list[str], columns: tuple[str, ...]) -> str:
    missing = [c for c in columns if c not in header]
    extra = [c for c in header if c not in columns]
    repeated = sorted(c for c, count in Counter(header).items() if count > 1)
    detail = "; ".join(
        f"{what} {', '.join(repr(name[:60]) for name in found[:_SHOWN])}{', …' if len(found) > _SHOWN else ''}"
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
