"""A city whose every text is hostile, as seeds, so that it goes the whole way from `geo build` to every output."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import tiny_city
from hostile_strings import LINES

from geo.contract.schema import table
from geo.seeds.read import SEED_TABLES

#: Columns whose texts the rules of the seeds bind to a form.
_FORMS = {"licence", "district_ids", "topic"}


def place_of(name: str) -> str:
    """Return the id of the place that is called by a string of the table."""
    return f"h_{name}"


def write(folder: Path) -> Path:
    """Write the seeds: the tiny city, every string of the table a place, an institution, a measure and a policy item.

    Every other text of every table is one of them too, in turn.
    """
    tiny_city.write(folder)
    rows = {name: _read(folder, name) for name in SEED_TABLES}
    supply = itertools.cycle(text for name, text in LINES.items() if name != "long")
    for name in SEED_TABLES:
        columns = [c for c in table(name).columns if c.stage == "seeds" and c.type == "text"]
        texts = [c.name for c in columns if c.name not in _FORMS]
        for number, row in enumerate(rows[name]):
            for column in texts:
                if row[column]:
                    # Two places, or two of anything in a list, may not have the same name.
                    row[column] = f"{next(supply)} {name} {number} {column}"
    for number, (name, text) in enumerate(LINES.items()):
        place = place_of(name)
        fields = {"name_zh": text, "name_en": f"{text} (en)", "short_zh": text[:2000], "short_en": text[:2000]}
        site = {**fields, "note_zh": text, "note_en": text, "aliases": text.replace(";", ",").strip()}
        rows["places"].append(_like(rows["places"], "park_b", site | {"place_id": place}))
        rows["place_clusters"].append(_like(rows["place_clusters"], "park_b", {"place_id": place}))
        rows["institutions"].append(
            _like(rows["institutions"], "lab_x", {"institution_id": f"i_{name}", "address": text, "place_id": place})
            | dict(zip(("name_zh", "name_en", "lon", "lat"), (text, text, *point(number)), strict=True))
        )
        measure = {"measure_id": f"m_{name}", "label_zh": text, "label_en": text, "definition_zh": text}
        rows["measures"].append(_like(rows["measures"], "firms", measure))
        rows["facts"].append(
            _like(rows["facts"], "node_a", {"place_id": place, "measure_id": f"m_{name}", "locator": text})
            | {"value": str(number + 1), "note_zh": text, "note_en": text}
        )
        rows["policy"].append(_like(rows["policy"], "target_1", {"policy_id": f"p_{name}", "text_zh": text}))
        _boundary(folder, place, number)
    for name in SEED_TABLES:
        _write(folder, name, rows[name])
    meta = (folder / "atlas.toml").read_text(encoding="utf-8")
    for line in meta.splitlines():
        key = line.partition(" = ")[0]
        if key.startswith(("title_", "border_notice_", "attribution_")) or key in ("name_zh", "name_en"):
            meta = meta.replace(line, f"{key} = {json.dumps(f'{next(supply)} {key}', ensure_ascii=False)}", 1)
    (folder / "atlas.toml").write_text(meta, encoding="utf-8")
    return folder


def _like(rows: list[dict[str, str]], key: str, changes: dict[str, str]) -> dict[str, str]:
    return {**next(row for row in rows if key in row.values()), **changes}


def point(number: int) -> tuple[str, str]:
    """Return longitude and latitude of the place of a string."""
    return f"{10.03 + 0.04 * (number % 9):.3f}", f"{50.02 + 0.035 * (number // 9):.3f}"


def _boundary(folder: Path, place: str, number: int) -> None:
    path = folder / "boundaries" / "park_b.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    (feature,) = data["features"]
    text = list(LINES.values())[number]
    feature["properties"] |= {"place_id": place, "area_km2": 0.5, "note_zh": text, "note_en": text}
    feature["geometry"]["coordinates"] = [float(degrees) for degrees in point(number)]
    (folder / "boundaries" / f"{place}.geojson").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    key = table(name).key
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table(name).names("seeds"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: [row[column] for column in key]))
