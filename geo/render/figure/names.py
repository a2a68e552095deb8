"""Labels of a map: places weighted by kind, muted names of the basemap, and what each label may cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.render.figure.fonts import width_pt
from geo.render.figure.labels import Spot, Thing, spots
from geo.render.figure.marks import INK, MUTED
from geo.render.figure.scene import middle_of

if TYPE_CHECKING:
    from geo.render.figure.plate import Plate

__all__ = ["lies_on", "write_names"]

#: Role of a kind → font size in points, bold.
_TYPE: Mapping[str, tuple[float, bool]] = {
    "city": (9.5, False),
    "district": (9.0, False),
    "corridor": (9.0, True),
    "node": (8.0, True),
    "site": (7.2, False),
}

#: Names of water may cover places larger than this, m².
_WIDE_M2 = 4e7

#: Prefix of the keys of basemap names.
_GROUND = "ground/"

_ON_WATER, _ON_LAND = "#6C93AA", "#8A929B"


def write_names(plate: Plate, dots: Sequence[BaseGeometry] = ()) -> None:
    """Write the labels: places weighted by kind, then muted names of the basemap where there is room."""
    box = plate.frame.box.buffer(-1.5)
    things = _things(plate)
    found = spots(list(things.values()), box, plate.furniture, dots)
    plate.named = {key: spot for key, spot in found.items() if not key.startswith(_GROUND)}
    for spot in plate.named.values():
        if spot.leader:
            plate.sheet.line(spot.leader, "#FFFFFF", 1.6)
            plate.sheet.line(spot.leader, INK, 0.5)
    for key, spot in found.items():
        _name(plate, key, spot)


def _things(plate: Plate) -> dict[str, Thing]:
    atlas, frame = plate.view.atlas, plate.frame
    box = frame.box
    areas = {key: frame.drawn(plate.scene.shapes[key]) for key in plate.drawn}
    wanted = [key for key, area in areas.items() if not area.is_empty]
    # City and districts lie under everything: labels may cover them.
    solid = {key for key in wanted if atlas.roles[atlas.place_rows[key]["kind"]] not in ("city", "district")}
    shapes = {key: plate.square(key) if key in plate.small else areas[key] for key in wanted}
    things: dict[str, Thing] = {}
    for key in _by_rank(plate, wanted):
        shape, size, bold = shapes[key], *_type(plate, key)
        on = frozenset(other for other in solid - {key} if lies_on(plate, key, other))
        at = _at(plate, key, shape)
        if not box.contains(shapely.Point(at)):
            continue
        things[key] = Thing(
            key, shape if key in solid else shapely.Polygon(), width_pt(_word(plate, key), size, bold=bold) + 1,
            size * 1.12, at, on, small=key in plate.small,
            leader=key in solid and key not in plate.optional and key not in plate.quiet,
        )  # fmt: skip
    return things | _ground_things(plate, things, solid)


def _ground_things(plate: Plate, things: Mapping[str, Thing], solid: set[str]) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    size = 7.0 * plate.size
    for number, one in enumerate(plate.scene.named):
        if one.place_id in things or (one.place_id in plate.drawn and one.place_id in solid):
            continue
        visible = plate.frame.drawn(one.shape) if not one.shape.is_empty else plate.frame.box
        x, y = plate.frame.place(np.array([one.at]))[0]
        if one.role == "district" and visible.area < 900:
            continue
        if not plate.frame.box.contains(shapely.Point(x, y)):
            if one.role != "district" or visible.is_empty or visible.area < 4000:
                continue
            x, y = middle_of(visible, 2)
        on = (
            frozenset(key for key in solid if plate.scene.shapes[key].area > _WIDE_M2)
            if one.role == "water"
            else frozenset()
        )
        key = f"{_GROUND}{number}"
        width = width_pt(one.name[plate.language], size) + 4
        found[key] = Thing(key, shapely.Polygon(), width, size * 1.15, (float(x), float(y)), on)
    return found


def _by_rank(plate: Plate, keys: Sequence[str]) -> list[str]:
    """Return places in labelling order: the place in focus, large ones, the others, optional ones."""
    order = {"corridor": 1, "node": 2, "site": 2}
    rows, roles = plate.view.atlas.place_rows, plate.view.atlas.roles
    return sorted(
        keys,
        key=lambda key: (
            key != plate.focus,
            key in plate.quiet,
            key in plate.optional,
            order.get(roles[rows[key]["kind"]], 3),
            -plate.scene.shapes[key].area,
            key,
        ),
    )


def lies_on(plate: Plate, key: str, other: str) -> bool:
    """Return whether a substantial part of a place lies on another, larger one."""
    own, under = plate.scene.shapes[key], plate.scene.shapes[other]
    if under.area <= own.area or not own.intersects(under):
        return False
    return under.contains(own.centroid) or own.intersection(under).area > 0.3 * own.area


def _at(plate: Plate, key: str, shape: BaseGeometry) -> tuple[float, float]:
    if key in plate.small:
        return shape.centroid.x, shape.centroid.y
    x, y = plate.frame.place(np.array([plate.scene.names_at[key]]))[0]
    if not shape.contains(shapely.Point(x, y)) and shape.area > 1:
        x, y = middle_of(shape, 1)
    return float(x), float(y)


def _type(plate: Plate, key: str) -> tuple[float, bool]:
    size, bold = _TYPE[plate.view.atlas.roles[plate.view.atlas.place_rows[key]["kind"]]]
    if key == plate.focus:
        return (size + 1.5) * plate.size, True
    return (size - 1 if key in plate.quiet else size) * plate.size, bold and key not in plate.quiet


def _word(plate: Plate, key: str) -> str:
    return plate.view.atlas.name(key, plate.language, short=True)


def _name(plate: Plate, key: str, spot: Spot) -> None:
    if key.startswith(_GROUND):
        one = plate.scene.named[int(key.removeprefix(_GROUND))]
        colour = _ON_WATER if one.role in ("water", "sea") else _ON_LAND
        size, bold, word, halo = 7.0 * plate.size, False, one.name[plate.language], 1.2
    else:
        (size, bold), word, halo = _type(plate, key), _word(plate, key), 2.0
        row = plate.view.atlas.place_rows[key]
        role = plate.view.atlas.roles[row["kind"]]
        colour = str(plate.view.atlas.rows("kinds")[row["kind"]]["colour"]) if role == "corridor" else INK
        colour = MUTED if key in plate.quiet or role in ("city", "district") else colour
    plate.sheet.words(
        spot.x, spot.y + size * 0.36, word, size, colour=colour, bold=bold, anchor="middle", halo=halo * plate.size
    )
