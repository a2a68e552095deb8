"""A small city to look addresses up in: two districts of 4 km, three townships, roads that cross, house numbers."""

from __future__ import annotations

import shapely

from geo.addresses.areas import AreaNames
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Piece, Sources
from geo.addresses.geocoder import Areas, Geocoder
from geo.addresses.plane import Plane
from geo.addresses.runs import Anchor

PLANE = Plane(10.0, 50.0)
NAMES = AreaNames(
    city=["甲城市", "甲城"],
    districts=[["东浦新区", "东浦", "East", "d_east", "100001"], ["西山区", "西山", "West", "d_west"]],
    townships=[["河口镇", "t_hekou"], ["长江路街道", "t_changjiang"], ["石桥镇", "t_shiqiao"]],
    parents=[0, 0, 1],
    former_districts={"老城区": (1,)},
    former_townships={"古塘镇": (0,), "石桥镇": (2, 1)},
)
#: In metres around the centre: west is district 1, east is district 0, parted by x = 0.
SQUARES = {
    "d_east": shapely.box(0, -2000, 4000, 2000),
    "d_west": shapely.box(-4000, -2000, 0, 2000),
    "t_hekou": shapely.box(0, 0, 4000, 2000),
    "t_changjiang": shapely.box(0, -2000, 4000, 0),
    "t_shiqiao": shapely.box(-4000, -2000, 0, 2000),
    "p_park": shapely.box(1000, 500, 1600, 1100),
}


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    def back(points):
        return shapely.get_coordinates(shapely.points(*PLANE.degrees(points[:, 0], points[:, 1])))

    return shapely.transform(shape, back)


def anchors(x0: float, y: float, numbers: range, side_m: float = 15.0, district: int = 0, township: int = 0) -> list:
    """House numbers on a road that runs east: two metres for each, odd ones north of it."""
    return [Anchor(n, x0 + 2.0 * n, y + (side_m if n % 2 else -side_m), district, township) for n in numbers]


SOURCES = Sources(
    anchors={
        "黄河路": anchors(200, 800, range(1, 600, 20)),
        "山东路": anchors(-3500, 500, range(2, 400, 40), district=1, township=2),
        "人民路": [
            *anchors(100, -1500, range(10, 60, 10), township=1),
            *anchors(-3900, -1500, range(10, 60, 10), district=1, township=2),
        ],
        "桃花村": [Anchor(n, 3000.0 + 37 * (n % 7), 1500.0 + 29 * (n % 5), 0, 0) for n in range(1, 40)],
    },
    pieces={
        "黄河路": [Piece(shapely.LineString([(200, 800), (1600, 800)]), 0)],
        "泰山路": [Piece(shapely.LineString([(900, 0), (900, 1900)]), 0)],
        "跨区路": [
            Piece(shapely.LineString([(-1000, -800), (0, -800)]), 1),
            Piece(shapely.LineString([(0, -800), (1000, -800)]), 0),
        ],
        "残路": [Piece(shapely.LineString([(-2000, 1000), (-1800, 1000)]), 1, partial=True)],
    },
    points={
        "中央公园站": [NamedPoint(500.0, 1500.0, 200.0, 0)],
        "科学园": [NamedPoint(1300.0, 800.0, 424.0, 0, 0)],
    },
)


def areas(prefix: str) -> Areas:
    ids = [one for one in SQUARES if one.startswith(prefix)]
    return Areas(ids, [degrees(SQUARES[one]) for one in ids])


def geocoder(sources: Sources = SOURCES, accuracy=None) -> Geocoder:
    return Geocoder(Gazetteer.of(NAMES, PLANE, sources), areas("d_"), areas("t_"), areas("p_"), accuracy)


def metres(found, row: int = 0) -> tuple[float, float]:
    x, y = PLANE.metres(found.lon[row], found.lat[row])
    return float(x), float(y)
