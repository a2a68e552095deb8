"""A small made-up OpenStreetMap extract as XML: a city of two districts, a neighbour, and what a map needs."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

#: Node → lon, lat. Districts are two rectangles that share the wavy border 2–12–13–5; a third lies apart, in the east.
NODES = {
    1: (10.0, 50.0), 2: (10.2, 50.0), 3: (10.4, 50.0), 4: (10.4, 50.2), 5: (10.2, 50.2), 6: (10.0, 50.2),
    12: (10.2001, 50.05), 13: (10.21, 50.1),
    7: (11.0, 50.0), 8: (11.2, 50.0), 9: (11.2, 50.2), 10: (11.0, 50.2),
    20: (10.05, 50.1), 21: (10.25, 50.12), 22: (10.35, 50.12),
    30: (10.02, 50.15), 31: (10.1, 50.15), 32: (10.3, 50.16),
    40: (10.31, 50.02), 41: (10.33, 50.02), 42: (10.33, 50.04), 43: (10.31, 50.04),
    44: (10.35, 50.02), 45: (10.351, 50.02), 46: (10.351, 50.021),
    50: (10.0, 49.99), 51: (10.2, 49.985), 52: (10.4, 49.99),
    60: (10.1, 49.97), 61: (10.11, 49.97), 62: (10.11, 49.98),
    70: (10.1501, 50.1101), 71: (10.1502, 50.1102), 72: (10.3, 50.12), 73: (10.1, 50.1),
    80: (10.05, 50.05), 81: (10.35, 50.05), 82: (10.35, 50.18), 83: (10.05, 50.18),
}  # fmt: skip

_STATION = {"railway": "station", "station": "subway"}
NODE_TAGS = {
    70: _STATION | {"name": "中站", "name:en": 'Middle "M" \\ <b>'},
    71: {"railway": "station", "subway": "yes", "name": "中站"},
    72: {"railway": "station", "light_rail": "yes", "name": "东站"},
    73: {"railway": "station", "name": "火车站"},
}

#: Way → nodes, tags.
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    1: ([5, 6, 1, 2], {}),
    2: ([2, 12, 13, 5], {}),
    3: ([2, 3, 4, 5], {}),
    4: ([7, 8, 9, 10, 7], {}),
    5: ([20, 21], {"railway": "subway"}),
    6: ([21, 22], {"railway": "subway"}),
    7: ([30, 31], {"waterway": "river", "name": "小河", "name:en": "Small River"}),
    8: ([31, 32], {"waterway": "river", "name": "小河"}),
    9: ([40, 41, 42, 43, 40], {"natural": "water", "name": "大湖"}),
    10: ([44, 45, 46, 44], {"natural": "water", "name": "小池"}),
    11: ([50, 51, 52], {"natural": "coastline"}),
    12: ([60, 61, 62, 60], {"natural": "coastline", "place": "island"}),
    13: ([80, 81, 82, 83, 80], {"highway": "motorway", "name": "一环", "name:en": "Ring 1"}),
    14: ([20, 31], {"highway": "trunk"}),
    15: ([20, 30], {"highway": "residential", "name": "小路"}),
}

_ADMIN = {"type": "boundary", "boundary": "administrative"}
_ROUTE = {"type": "route", "route": "subway", "ref": "1", "colour": "#e4002b"}
#: Relation → ways, tags.
RELATIONS: dict[int, tuple[list[int], dict[str, str]]] = {
    100: ([1, 3], _ADMIN | {"admin_level": "5", "name": "小城", "name:en": "Small City"}),
    101: ([1, 2], _ADMIN | {"admin_level": "6", "name": "西区", "name:en": "West", "ref": "001"}),
    102: ([2, 3], _ADMIN | {"admin_level": "6", "name": "东区", "ref": "002"}),
    103: ([4], _ADMIN | {"admin_level": "6", "name": "邻区", "name:en": "Neighbour"}),
    110: ([5, 6], _ROUTE | {"name": "地铁1号线：西 → 东", "name:en": "Line 1: West → East"}),
    111: ([6, 5], _ROUTE | {"name": "地铁1号线：东 → 西"}),
    112: ([6], {"type": "route", "route": "bus", "ref": "9", "name": "九路"}),
}
TRANSIT = {110, 111, 112}


def write(path: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Write the extract; `without` names of: transit, water, coast, roads, admin."""
    drop_ways = {
        way
        for name, ways in {"transit": {5, 6}, "water": {7, 8, 9, 10}, "coast": {11, 12}, "roads": {13, 14}}.items()
        if name in without
        for way in ways
    }
    drop_relations = TRANSIT if "transit" in without else set()
    if "admin" in without:
        drop_relations = drop_relations | {100, 101, 102, 103}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
    for node, (lon, lat) in NODES.items():
        tags = {} if "transit" in without else NODE_TAGS.get(node, {})
        lines.append(f'<node id="{node}" version="1" lon="{lon}" lat="{lat}">{_tags(tags)}</node>')
    for way, (nodes, tags) in WAYS.items():
        if way not in drop_ways:
            members = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{way}" version="1">{members}{_tags(tags)}</way>')
    for relation, (ways, tags) in RELATIONS.items():
        if relation not in drop_relations:
            role = "outer" if tags["type"] == "boundary" else ""
            members = "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way in ways)
            lines.append(f'<relation id="{relation}" version="1">{members}{_tags(tags)}</relation>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
