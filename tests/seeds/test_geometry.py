"""The drawn seeds of this city: a coverage without gaps, small files, places that hold what lies in them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

SEEDS = Path(__file__).parents[2] / "seeds"
BASEMAP = sorted((SEEDS / "basemap").glob("*.geojson"))
BOUNDARIES = sorted((SEEDS / "boundaries").glob("*.geojson"))
GEOD = pyproj.Geod(ellps="WGS84")


def features(path: Path) -> dict[str, tuple[dict, shapely.Geometry]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return {f["id"]: (f["properties"], shapely.geometry.shape(f["geometry"])) for f in content["features"]}


def layer(name: str) -> dict[str, tuple[dict, shapely.Geometry]]:
    return features(SEEDS / "basemap" / f"{name}.geojson")


def area_km2(polygon: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(polygon)[0]) / 1e6


def place(place_id: str) -> shapely.Geometry:
    """Return the drawn geometry of a place; a disc as a circle of its area in degrees, close enough to test with."""
    properties, geometry = features(SEEDS / "boundaries" / f"{place_id}.geojson")[place_id]
    if properties["recipe"] == "disc":
        radius_m = (properties["area_km2"] * 1e6 / np.pi) ** 0.5
        lon, lat, _ = GEOD.fwd(
            *(np.full(64, v) for v in (geometry.x, geometry.y)), np.arange(64) * -5.625, [radius_m] * 64
        )
        return shapely.Polygon(np.column_stack([lon, lat]))
    return geometry


@pytest.mark.parametrize("path", BASEMAP + BOUNDARIES, ids=lambda p: p.stem)
def test_files_keep_the_rules_of_geojson(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    content = json.loads(text, parse_float=str)
    assert "crs" not in content
    assert "\r" not in text
    assert text.endswith("]}\n")
    ids = [feature["id"] for feature in content["features"]]
    assert ids == sorted(set(ids))
    assert len(text.splitlines()) == len(ids) + 2
    for _, geometry in features(path).values():
        coordinates = shapely.get_coordinates(geometry)
        assert geometry.is_valid
        assert np.array_equal(coordinates, np.round(coordinates, 6))
        for part in shapely.get_parts(geometry):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)


def test_basemap_is_small() -> None:
    assert sum(path.stat().st_size for path in BASEMAP) < 1_200_000


def test_townships_are_a_coverage_and_make_up_the_districts() -> None:
    districts, townships = layer("districts"), layer("townships")
    towns = np.array([geometry for _, geometry in townships.values()])
    assert len(districts) == 16
    assert shapely.coverage_is_valid(towns)
    assert shapely.coverage_is_valid(np.array([geometry for _, geometry in districts.values()]))
    for district_id, (_, district) in districts.items():
        parts = [geometry for properties, geometry in townships.values() if properties["district_id"] == district_id]
        assert shapely.union_all(parts).equals(district)
    whole = shapely.union_all(towns)
    # a gap between neighbours would be a hole, or a slit that closing by about 5 m fills
    assert not any(part.interiors for part in whole.geoms)
    assert area_km2(whole.buffer(5e-5).buffer(-5e-5).difference(whole)) < 0.01


def test_the_hole_among_four_towns_is_a_unit_of_its_own() -> None:
    properties, zone = layer("townships")["310112_xinzhuang_gongyequ"]
    assert properties["name_zh"] == "莘庄工业区"
    assert area_km2(zone) == pytest.approx(15.05, abs=0.1)


def test_polyphones_of_township_ids() -> None:
    ids = set(layer("townships"))
    assert {
        "310112_xinzhuang_zhen", "310114_xuhang_zhen", "310113_dachang_zhen", "310113_miaohang_zhen",
        "310110_yinhang_jiedao", "310104_changqiao_jiedao", "310118_chonggu_zhen", "310151_bao_zhen",
        "310115_gaohang_zhen", "310120_zhuanghang_zhen", "310115_zhangjiang_zhen", "310107_changfengxincun_jiedao",
    } <= ids  # fmt: skip


def test_stations() -> None:
    stations = {properties["name_zh"]: (properties, point) for properties, point in layer("metro_stations").values()}
    assert not {"S1", "S2", "T1", "T2"} & set(stations)
    city = shapely.union_all([geometry for _, geometry in layer("districts").values()])
    assert all(city.covers(point) for _, point in stations.values())
    for name in ("人民广场", "滴水湖", "紫竹高新区", "漕河泾开发区", "中科路", "剑川路"):
        properties, _ = stations[name]
        assert properties["accuracy_m"] >= 250
        assert properties["note_zh"]
        assert properties["note_en"]
    lines = shapely.union_all([geometry for _, geometry in layer("metro_lines").values()])
    far = {name for name, (_, point) in stations.items() if point.distance(lines) > 0.0035}
    assert far == set()


OFFICIAL_KM2 = {
    "zhangjiang": 94, "caohejing": 5.984, "shibei_hitech": 3.13, "neo_bay": 17, "jinqiao": 20.48, "lingang": 343.3,
    "xuhui_riverside": 9.4, "ic_design_park": 4, "nanda": 6.289, "hongqiao_hub": 151,
    "jiading_new_city": 12.5, "lujiazui": 31.78, "wusong_innovation_city": 26, "zhangjiang_middle": 4.67,
}  # fmt: skip


@pytest.mark.parametrize(("place_id", "official"), OFFICIAL_KM2.items())
def test_areas_along_stated_bounds_are_close_to_the_official_ones(place_id: str, official: float) -> None:
    properties, polygon = features(SEEDS / "boundaries" / f"{place_id}.geojson")[place_id]
    assert properties["method"] == "official_bounds"
    assert area_km2(polygon) == pytest.approx(official, rel=0.1)


@pytest.mark.parametrize(
    ("place_id", "inside", "outside"),
    [
        (
            "zhangjiang",
            ["张江高科", "金科路", "广兰路", "中科路", "学林路"],
            ["龙阳路", "唐镇", "迪士尼", "花木路", "航头"],
        ),
        ("caohejing", ["漕河泾开发区"], ["宜山路", "上海南站", "东兰路", "七莘路", "宋园路"]),
        ("xuhui_riverside", ["云锦路", "龙耀路"], ["徐家汇", "上海南站", "东方体育中心", "上海体育馆"]),
        ("minhang_zizhu", ["紫竹高新区"], ["剑川路", "西渡", "江川路"]),
        ("neo_bay", ["紫竹高新区", "剑川路", "东川路"], ["金平路", "西渡", "元江路"]),
        ("lingang", ["滴水湖", "临港大道"], ["惠南", "浦东1号2号航站楼"]),
        ("jinqiao", ["金桥", "金吉路", "台儿庄路"], ["金桥路", "云山路", "顾唐路", "广兰路"]),
        ("jiading_anting", ["安亭"], ["嘉定北", "封浜"]),
        ("shibei_hitech", [], ["上海火车站", "延长路", "共康路", "江湾镇"]),
        ("changyang_campus", [], ["隆昌路", "复兴岛", "江浦公园"]),
    ],
)
def test_places_hold_the_stations_that_lie_in_them(place_id: str, inside: list[str], outside: list[str]) -> None:
    stations = {properties["name_zh"]: point for properties, point in layer("metro_stations").values()}
    polygon = place(place_id)
    assert [name for name in inside if not polygon.contains(stations[name])] == []
    assert [name for name in outside if polygon.contains(stations[name])] == []


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("xuhui_riverside", "xuhui_minhang_belt"),
        ("caohejing", "xuhui_minhang_belt"),
        ("minhang_zizhu", "xuhui_minhang_belt"),
        ("zhangjiang", "zhangjiang_lingang_zone"),
        ("lingang", "zhangjiang_lingang_zone"),
        ("zhangjiang_ai_island", "zhangjiang"),
        ("west_bund_ai_tower", "xuhui_riverside"),
        ("lingang_xinxi_feiyu", "lingang"),
    ],
)
def test_nodes_lie_in_their_parents(inner: str, outer: str) -> None:
    node = place(inner)
    assert node.intersection(place(outer)).area / node.area >= 0.99
