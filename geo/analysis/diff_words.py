"""The changes between two data sets in words: as plain text, as JSON, as an Atom feed."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Iterator
from typing import Any

from geo.analysis.diff import BOUNDARIES, Change, Diff
from geo.base.lines import shortened
from geo.base.messages import LANGUAGES, text
from geo.contract.schema import KEYS, tables

__all__ = ["diff_atom", "diff_json", "diff_text"]

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_ATOM = "http://www.w3.org/2005/Atom"
#: Columns that describe an added or removed row: those by which a reader recognises it.
_TELLING = ("value", "qualifier", "name_zh", "name_en", "name", "title", "label_zh", "label_en", "text_zh", "text_en")
_LONGEST = 120
#: Maximum number of changes in one feed entry, the rest is counted: a feed reader shows an entry as one message.
_MOST = 20


def diff_json(found: Diff, *, whole: bool = True) -> dict[str, Any]:
    """Return the changes as plain values for JSON.

    Parameters
    ----------
    found : Diff
    whole : bool
        Whether to include the cells of added rows. Without them only the keys are given: the new data set has the
        cells.

    Returns
    -------
    dict
        ``old`` and ``new`` (version, data_date), ``counts``, ``changes`` (``table``, ``kind``, ``key``, ``columns``
        with [old, new], ``moved_km2`` of boundaries), ``computed`` (how many rows follow from them),
        ``columns_added``, ``columns_removed``.
    """
    changes = []
    for change in found.changes:
        one: dict[str, Any] = {"table": change.group, "kind": change.kind, "key": _key(change)}
        if whole or change.kind != "added":
            one["columns"] = {column: list(values) for column, values in change.columns.items()}
        if change.moved_km2 is not None:
            one["moved_km2"] = change.moved_km2
        changes.append(one)
    return {
        "old": dict(found.old),
        "new": dict(found.new),
        "counts": found.counts(),
        "changes": changes,
        "computed": len(found.computed),
        "columns_added": {table: list(names) for table, names in found.columns_added.items()},
        "columns_removed": {table: list(names) for table, names in found.columns_removed.items()},
    }


def diff_text(found: Diff, language: str) -> str:
    """Return the changes as text: a heading, then per table one line per row."""
    lines = [_head(found, language)]
    for group, counts in found.counts().items():
        lines += ["", f"{_table(group, language)}  {_tally(counts)}"]
        lines += [f"  {line}" for change in found.changes if change.group == group for line in _lines(change, language)]
    if found.computed:
        lines += ["", text("diff.computed", language, count=len(found.computed))]
    return "\n".join(lines) + "\n"


def diff_atom(found: Diff, titles: dict[str, dict[str, str]]) -> bytes:
    """Return the changes as an Atom feed (RFC 4287): one entry for the whole, one per place, one per other table.

    Parameters
    ----------
    found : Diff
    titles : dict of str to dict of str
        place_id → language → name; "" is the title of the atlas.

    Notes
    -----
    Ids are UUIDs made of atlas, version and subject; dates are those of the data. Output is byte-identical each time.
    """
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed")
    updated = f"{found.new['data_date']}T00:00:00Z"
    both = " · ".join(titles[""][language] for language in LANGUAGES)
    _add(feed, "id", _identity(found, "feed", with_version=False))
    _add(feed, "title", both)
    _add(feed, "updated", updated)
    _add(_add(feed, "author", ""), "name", both)
    subjects = {"": [*found.changes], **_by_subject(found.changes)}
    for subject, changes in subjects.items():
        entry = _add(feed, "entry", "")
        _add(entry, "id", _identity(found, subject or "release"))
        _add(entry, "title", _subject_title(found, subject, titles))
        _add(entry, "updated", updated)
        parts = []
        for language in LANGUAGES:
            if not subject:
                parts.append(_head(found, language))
                continue
            for change in changes[:_MOST]:
                parts += _lines(change, language, with_table=True)
            if len(changes) > _MOST:
                parts.append(text("diff.more", language, count=len(changes) - _MOST))
        _add(entry, "content", "\n".join(parts)).set("type", "text")
    Xml.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(feed, encoding="unicode")}\n'.encode()


def _add(parent: Xml.Element, name: str, content: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = content or None
    return child


def _identity(found: Diff, subject: str, *, with_version: bool = True) -> str:
    parts = [found.new["atlas_id"], *([found.new["version"]] if with_version else []), subject]
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(parts))}"


def _by_subject(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Return the changes by place; changes that concern no single place by table (key "table:" and its name)."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        key = _key(change)
        place = key.get("place_id") or next(iter(change.columns.get("place_id", ())[::-1]), None)
        found.setdefault(place or f"table:{change.group}", []).append(change)
    return {subject: found[subject] for subject in sorted(found)}


def _subject_title(found: Diff, subject: str, titles: dict[str, dict[str, str]]) -> str:
    if not subject:
        return " · ".join(text("diff.release", language, version=found.new["version"]) for language in LANGUAGES)
    if subject.startswith("table:"):
        names = [_table(subject.removeprefix("table:"), language) for language in LANGUAGES]
    else:
        names = [titles.get(subject, {}).get(language, subject) for language in LANGUAGES]
    return f"{' · '.join(dict.fromkeys(names))} ({found.new['version']})"


def _head(found: Diff, language: str) -> str:
    kinds = {kind: sum(counts[kind] for counts in found.counts().values()) for kind in _MARKS}
    sides = {
        f"{side}_{name}": values[name]
        for side, values in (("old", found.old), ("new", found.new))
        for name in ("version", "data_date")
    }
    if not found.changes:
        return text("diff.none", language, **sides)
    return text("diff.head", language, **sides, **kinds)


def _tally(counts: dict[str, int]) -> str:
    return " ".join(f"{mark}{counts[kind]}" for kind, mark in _MARKS.items() if counts[kind])


def _table(group: str, language: str) -> str:
    return text(f"diff.table.{group}", language)


def _column(group: str, column: str, language: str) -> str:
    table = {BOUNDARIES: "place_layer"}.get(group, group)
    known = {one.name: one for one in tables()[table].columns} if table in tables() else {}
    return getattr(known[column], f"label_{language}") if column in known else column


def _key(change: Change) -> dict[str, str]:
    names = {"atlas": ("name",), "basemap_features": ("layer_id", "feature_id"), BOUNDARIES: ("place_id",)}
    return dict(zip(names.get(change.group) or KEYS[change.group], change.key, strict=False))


def _lines(change: Change, language: str, *, with_table: bool = False) -> Iterator[str]:
    """Yield one line for a row, and below it the cells that changed."""
    start = f"{_MARKS[change.kind]} {_table(change.group, language)}: " if with_table else f"{_MARKS[change.kind]} "
    name = " / ".join(part for part in change.key if part)
    if change.moved_km2 is not None:
        name += f"  {text('diff.moved', language, area=f'{change.moved_km2:g}')}"
    if change.kind != "changed":
        side = 1 if change.kind == "added" else 0
        told = [values[side] for column, values in change.columns.items() if column in _told_by(language)]
        yield start + name + (f"  {_short(' '.join(value for value in told if value))}" if told else "")
        return
    yield start + name
    for column, (old, new) in change.columns.items():
        yield f"    {_column(change.group, column, language)}: {_short(old, language)} → {_short(new, language)}"


def _told_by(language: str) -> tuple[str, ...]:
    other = next(one for one in LANGUAGES if one != language)
    return tuple(column for column in _TELLING if not column.endswith(f"_{other}"))


def _short(value: str | None, language: str = "en") -> str:
    if value is None:
        return text("diff.empty", language)
    return shortened(value, _LONGEST)
