"""Check the relations between rows of the seeds: references, layout, facts and sources, institutions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.contract.carried import PLACE_LAYER, carried_columns
from geo.contract.cells import Row, is_number
from geo.contract.periods import Period
from geo.contract.schema import tables
from geo.contract.typed import split_list
from geo.seeds.agree import check_agreement
from geo.seeds.qualifiers import check_qualifiers
from geo.seeds.quotes import check_quotes

__all__ = ["check_rows"]

#: Columns by which readers tell rows apart.
_DISTINCT = (("places", "name_zh"), ("places", "name_en"), ("clusters", "colour"), ("kinds", "colour"))
#: Statuses of an outcome that need no report.
_WITHOUT_REPORT = ("unknown", "not_due")


def check_rows(meta: Mapping[str, Any], rows: Mapping[str, list[Row]]) -> list[str]:
    """Return the problems between rows, one line each: ``file:row: column … problem … remedy``.

    Parameters
    ----------
    meta : mapping
        Contents of ``atlas.toml``; empty if it could not be read.
    rows : mapping of table name to rows
        All tables of the seeds; unreadable ones are empty.
    """
    problems: list[str] = []
    for name, column in _DISTINCT:
        _check_distinct(name, column, rows[name], problems)
    _check_references(rows, problems)
    _check_places(meta, rows, problems)
    _check_facts(meta, rows, problems)
    _check_told_once(rows, problems)
    _check_sources(rows, problems)
    _check_policy(rows, problems)
    _check_institutions(meta, rows, problems)
    _check_searched(rows, problems)
    _check_languages(rows, problems)
    problems += check_quotes(rows)
    problems += check_qualifiers(rows)
    problems += check_agreement(rows)
    return problems


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


def _check_references(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    known = {name: {row[tables()[name].key[0]] for row in found} for name, found in rows.items()}
    for name, found in rows.items():
        for column in tables()[name].columns:
            target = column.references.partition(".")[0]
            if not target or column.stage != "seeds":
                continue
            for number, row in enumerate(found, start=2):
                value = row[column.name]
                for item in split_list(value) if column.type == "list" else [value]:
                    if item and item not in known[target]:
                        problems.append(
                            f"{name}.csv:{number}: {column.name} {item!r} is not in {target}.csv: "
                            f"correct the id or add the row there"
                        )


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
            problems.append(f"{where}: node {place_id} needs a parent_id of role corridor or node; it is {parent!r}")
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
        for item in split_list(row["district_ids"]):
            if role.get(item) not in ("district", None):
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
    limit = _last_day(meta.get("data_date"))
    fixed = set(tables()[PLACE_LAYER].names())
    for number, row in enumerate(rows["measures"], start=2):
        where = f"measures.csv:{number}"
        taken = sorted(fixed & {column.name for column in carried_columns(row)})
        if taken and row["origin"] == "reported":
            problems.append(f"{where}: measure_id {row['measure_id']} would give the layers a second column {taken[0]}")
        ratio = bool(row["numerator"]), bool(row["denominator"])
        if ratio[0] != ratio[1]:
            problems.append(f"{where}: give numerator and denominator both, or neither")
        if all(ratio) and row["origin"] != "derived":
            problems.append(f"{where}: a ratio of two measures is derived: write origin derived")
        if row["target_due"] and row["origin"] == "derived":
            problems.append(f"{where}: target_due is for what a document sets: leave it empty or write origin reported")
    published_on = {row["source_id"]: _last_day(row["published"]) for row in rows["sources"]}
    for number, row in enumerate(rows["facts"], start=2):
        where = f"facts.csv:{number}"
        measure = measures.get(row["measure_id"])
        if measure and measure["origin"] == "derived":
            problems.append(f"{where}: {row['measure_id']} is derived by the build: facts hold reported measures only")
        if row["value"].startswith("-"):
            problems.append(f"{where}: value {row['value']} is negative: no measure of the layout can be")
        _check_not_after(where, "as_of", row["as_of"], limit, problems)
        published, stands_for = published_on.get(row["source_id"]), Period.of(row["as_of"])
        if published and stands_for and stands_for.first_day > published:
            problems.append(
                f"{where}: as_of {row['as_of']} lies after its source was published ({published}): a document reports "
                f"no future, correct the date or the source (targets go to policy.csv)"
            )
    for number, row in enumerate(rows["sources"], start=2):
        _check_not_after(f"sources.csv:{number}", "published", row["published"], limit, problems)


def _check_told_once(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    """Check that no figure of a source occurs twice for one place, under two measures or two scopes."""
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows["facts"], start=2):
        figure = (row["place_id"], row["source_id"], row["value"], units.get(row["measure_id"], ""), row["quote"])
        if not row["quote"]:
            continue
        if figure in first:
            problems.append(
                f"facts.csv:{number}: {row['measure_id']} {row['value']} of {row['place_id']} is the figure of row "
                f"{first[figure]} again, from the same words: keep the one whose measure and scope fit"
            )
        first.setdefault(figure, number)


def _check_sources(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    for number, row in enumerate(rows["sources"], start=2):
        if row["first_hand"] == "true" and row["read_at"].startswith("http") and not row["url"]:
            problems.append(
                f"sources.csv:{number}: first_hand is true, yet {row['read_at']} is no url: give it as url if it is the"
                f" issuer's address, or write first_hand false"
            )


def _check_policy(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    for name in ("policy", "policy_outcomes"):
        for number, row in enumerate(rows[name], start=2):
            if row["unit"] and not row["value"]:
                problems.append(f"{name}.csv:{number}: has a unit but no value: give both or neither")
            if row["value"] and not row["unit"]:
                problems.append(f"{name}.csv:{number}: value {row['value']} has no unit: name one of units.csv")
    deciding: dict[str, list[int]] = {}
    for number, row in enumerate(rows["policy_outcomes"], start=2):
        where = f"policy_outcomes.csv:{number}"
        deciding.setdefault(row["policy_id"], [])
        if row["decides"] == "true":
            deciding[row["policy_id"]].append(number)
        if bool(row["as_of"]) != bool(row["source_id"]):
            problems.append(f"{where}: as_of and source_id: give both, or leave both empty where no report was found")
        elif not row["source_id"] and row["status"] not in _WITHOUT_REPORT:
            problems.append(
                f"{where}: status {row['status']} rests on a report: give its source_id and as_of, "
                f"or write {' or '.join(_WITHOUT_REPORT)}"
            )
    for policy_id, numbers in deciding.items():
        if len(numbers) != 1:
            found = f"rows {', '.join(map(str, numbers))}" if numbers else "no row"
            problems.append(
                f"policy_outcomes.csv: {policy_id}: {found} with decides true: exactly one row gives an item its status"
            )


def _check_searched(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    topics = {row["measure_id"] for row in rows["measures"]} | {row["policy_id"] for row in rows["policy"]}
    topics.update(tables()["measures"].column("topic").allowed)
    for number, row in enumerate(rows["searched"], start=2):
        if row["topic"] not in topics:
            problems.append(
                f"searched.csv:{number}: topic {row['topic']!r} is no measure, topic of measures or policy item: "
                f"name one of these"
            )


def _check_languages(rows: Mapping[str, list[Row]], problems: list[str]) -> None:
    """Check that texts in one language also exist in the other."""
    for name, found in rows.items():
        columns = tables()[name].names("seeds")
        stems = [c[:-3] for c in columns if c.endswith("_zh") and f"{c[:-3]}_en" in columns and c != "quote_note_zh"]
        for number, row in enumerate(found, start=2):
            for stem in stems:
                if bool(row[f"{stem}_zh"]) != bool(row[f"{stem}_en"]):
                    problems.append(f"{name}.csv:{number}: {stem}_zh and {stem}_en: give both or neither")


def _last_day(written: object) -> date | None:
    period = Period.of(written)
    return period.last_day if period else None


def _check_not_after(where: str, column: str, value: str, limit: date | None, problems: list[str]) -> None:
    period = Period.of(value)
    if limit is not None and period is not None and period.first_day > limit:
        problems.append(f"{where}: {column} {value} lies after data_date {limit} of atlas.toml: correct one of them")


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
        if placed and all(is_number(row[c]) for c in ("lon", "lat")):
            lon, lat = float(row["lon"]), float(row["lat"])
            if not (bbox[0] <= lon <= bbox[2] and bbox[1] <= lat <= bbox[3]):
                problems.append(
                    f"{where}: {lon}, {lat} lies outside the city's bbox {bbox}: check lon, lat and their order"
                )
        if placed and row["accuracy_m"].startswith(("-", "0")):
            problems.append(f"{where}: accuracy_m {row['accuracy_m']} must be a positive number of metres")
