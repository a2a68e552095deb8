"""The published data set itself: what must be in it, and what must lie where."""

from __future__ import annotations

import json
from pathlib import Path

import pyproj
import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.build import build
from geo.crs.geodesy import geodesic_area_km2

ROOT = Path(__file__).parents[1]

PLACES = {
    "xuhui_minhang_belt": ("belt", None, "2017-10"),
    "xuhui_riverside": ("node", "xuhui_minhang_belt", "2017-10"),
    "caohejing": ("node", "xuhui_minhang_belt", "2017-10"),
    "minhang_zizhu": ("node", "xuhui_minhang_belt", "2017-10"),
    "zhangjiang_lingang_zone": ("zone", None, "2017-10"),
    "zhangjiang": ("node", "zhangjiang_lingang_zone", "2017-10"),
    "lingang": ("node", "zhangjiang_lingang_zone", "2017-10"),
    "huajing_beiyang": ("town", None, "2017-10"),
    "jiading_anting": ("demo_park", None, "2017-08"),
    "baoshan_robot": ("demo_park", None, "2017-08"),
    "shibei_hitech": ("demo_park", None, "2017-08"),
    "changyang_campus": ("demo_park", None, "2017-08"),
    "songjiang_dongjing": ("demo_park", None, "2018-11"),
    "maqiao": ("pilot_zone", None, "2019-07"),
    "jinqiao": ("demo_park", None, "2019-09"),
    "zhangjiang_ai_island": ("node", "zhangjiang", "2019-01"),
    "west_bund_ai_tower": ("node", "xuhui_riverside", "2021-07"),
    "lingang_xinxi_feiyu": ("node", "lingang", "2021-07"),
    "neo_bay": ("pilot_zone", None, "2022-10"),
    "west_hongqiao_beidou": ("demo_park", None, "2022-01"),
    "zhangjiang_ai_town": ("town", None, "2025-09"),
}

DISTRICTS = (
    *("黄浦", "徐汇", "长宁", "静安", "普陀", "虹口", "杨浦", "闵行"),
    *("宝山", "嘉定", "浦东新", "金山", "松江", "青浦", "奉贤", "崇明"),
)

# Metro stations that lie in a place by common knowledge, and some that do not.
STATIONS_INSIDE = {
    "zhangjiang": ("张江高科", "金科路", "广兰路", "中科路"),
    "caohejing": ("漕河泾开发区", "合川路"),
    "xuhui_riverside": ("龙耀路",),
    "lingang": ("滴水湖", "临港大道"),
    "neo_bay": ("剑川路", "东川路"),
    "minhang_zizhu": ("紫竹高新区",),
    "jinqiao": ("金桥", "台儿庄路"),
    "jiading_anting": ("安亭",),
}
STATIONS_OUTSIDE = {
    "zhangjiang": ("龙阳路", "世纪大道", "川沙"),
    "caohejing": ("徐家汇", "上海南站", "漕宝路"),
    "xuhui_riverside": ("徐家汇", "漕河泾开发区"),
    "lingang": ("惠南", "张江高科"),
    "neo_bay": ("莘庄", "上海南站"),
    "jinqiao": ("张江高科", "世纪大道"),
    "jiading_anting": ("嘉定北", "人民广场"),
    "shibei_hitech": ("上海火车站",),
}
# Longitude, latitude in WGS 84 of well-known spots.
SPOTS_INSIDE = {
    "zhangjiang": [(121.5945, 31.1795)],  # ShanghaiTech University
    "lingang": [(121.9374, 30.9000)],  # Dishui Lake
    "neo_bay": [(121.4300, 31.0255)],  # Shanghai Jiao Tong University, Minhang
    "minhang_zizhu": [(121.4300, 31.0255)],
}


def station(atlas: Atlas, name: str) -> shapely.Point:
    stations = atlas.basemap("metro_stations")
    found = stations[stations["name_zh"] == name]
    assert len(found) == 1, f"{name}: {len(found)} stations"
    return found.geometry.iloc[0]


def test_the_committed_layers_are_what_the_seeds_give() -> None:
    assert build(ROOT / "seeds", ROOT / "layers", check=True).changed == ()


def test_every_place_of_the_layout_is_there(atlas: Atlas) -> None:
    for place_id, (kind, parent, edition) in PLACES.items():
        place = atlas.places.loc[place_id]
        assert (place["kind"], place["since_edition"]) == (kind, edition), place_id
        assert (None if not isinstance(place["parent_id"], str) else place["parent_id"]) == parent, place_id
        assert place["clusters"], place_id
    assert list(atlas.districts["name_zh"]) == [f"{name}区" for name in DISTRICTS]
    assert set(PLACES) <= set(atlas.layout.index)
    assert {"mosu_space", "moli_community", "zhangjiang_robot_valley", "ic_design_park", "nanda"} <= set(
        atlas.layout.index
    )


def test_amount_of_facts_policy_and_institutions(atlas: Atlas) -> None:
    facts, sources = atlas.table("facts"), atlas.table("sources").set_index("source_id")
    assert len(facts) >= 900
    assert facts["quote"].notna().mean() >= 0.97
    cited = sources.loc[facts["source_id"]]
    leads = cited["url"].notna() | cited["number"].notna() | cited["read_at"].fillna("").str.contains("://")
    assert leads.mean() >= 0.95
    assert (cited["grade"] == "A").mean() >= 0.5
    assert (facts["as_of"] == "unknown").mean() <= 0.02
    assert len(atlas.layout) >= 36
    assert (atlas.places["method"] == "official_bounds").sum() >= 14
    assert len(atlas.table("policy")) >= 240
    assert len(atlas.institutions) >= 200
    assert atlas.institutions["address"].fillna("").str.contains(r"\d(?:号|弄)").sum() >= 100
    assert len(atlas.table("filed_services")) >= 412
    at_places = facts[facts["place_id"] != atlas.meta["city_place_id"]]
    reported = at_places.groupby("measure_id")["place_id"].nunique()
    assert (reported >= 5).sum() >= 15


def test_every_place_has_a_figure_of_late_or_was_looked_for(atlas: Atlas) -> None:
    facts = atlas.table("facts")
    late = facts[
        (facts["as_of"] != "unknown")
        & (facts["as_of"].str[:7].map(lambda p: p if len(p) > 4 else f"{p}-12") >= "2024-12")
    ]
    known = set(late["place_id"]) | set(atlas.table("searched")["place_id"])
    assert set(atlas.layout.index) - known == set()


def test_a_filed_service_has_the_district_that_the_address_of_its_firm_names(atlas: Atlas) -> None:
    districts = {row.name_zh: place_id for place_id, row in atlas.places.iterrows() if row["kind"] == "district"}
    services = atlas.table("filed_services").dropna(subset=["institution_id"])
    addresses = services["institution_id"].map(atlas.institutions["address"]).fillna("")
    for name, place_id in districts.items():
        assert set(services.loc[addresses.str.contains(name), "district_id"]) <= {place_id}, name
    assert services["district_id"].notna().sum() >= 39


def test_every_policy_item_has_a_verdict(atlas: Atlas) -> None:
    outcomes = atlas.table("policy_outcomes")
    verdicts = outcomes[outcomes["decides"].astype(bool)].set_index("policy_id")["status"]
    assert set(verdicts.index) == set(atlas.table("policy")["policy_id"])
    assert (verdicts != "unknown").sum() >= 60
    assert set(verdicts) <= {"met", "missed", "differently_defined", "not_due", "unknown"}


def test_filed_and_registered_services_are_the_numbers_announced(atlas: Atlas) -> None:
    """Two notices of the city gave the totals at the end of 2025: they equal the rows of the lists of those days."""
    services = atlas.table("filed_services")
    by_then = services[services["filed_on"] <= "2025-12-23"]["list"].value_counts()
    assert by_then.to_dict() == {"registered": 139, "filed": 128}
    # Told by the city's office in September 2024 (filed, of the lists to August) and in February 2025 (registered).
    assert (services["filed_on"] <= "2024-08-31")[services["list"] == "filed"].sum() == 34
    registered = services[services["list"] == "registered"]
    assert (registered["filed_on"] <= "2025-02-28").sum() == 74
    serials = registered["filing_no"].str.extract(r"S(\d{4})$")[0].astype(int)
    assert sorted(serials) == list(range(1, len(serials) + 1))
    # Xuhui told its models and their share of the city's: the list of filed ones gives the same shares.
    filed = services.loc[services["list"] == "filed", "filed_on"]
    for models, day, share in ((34, "2024-12-31", 57), (62, "2025-10-16", 61), (83, "2025-12-31", 60)):
        assert round(100 * models / (filed <= day).sum()) == share
    assert services["filing_no"].is_unique
    linked = services["institution_id"].dropna()
    assert set(linked) <= set(atlas.institutions.index)
    assert linked.nunique() >= 100


def test_institutions_at_the_middle_of_a_place_count_nowhere(atlas: Atlas) -> None:
    placed = atlas.institutions[atlas.institutions.geometry.notna()]
    assert (placed["placed_by"] != "place").all()
    assert placed["accuracy_m"].notna().all()
    for row in atlas.layout.itertuples():
        if row.method != "schematic":
            assert row.institutions_inside == placed.geometry.map(row.geometry.covers).sum(), row.place_id


def test_changes_since_the_last_release_are_published(atlas: Atlas) -> None:
    told = json.loads((ROOT / "layers" / "changes.json").read_text(encoding="utf-8"))
    assert (told["old"]["version"], told["new"]["version"]) == ("2026.11", atlas.meta["version"])
    assert told["counts"]["facts"]["added"] > 400
    assert atlas.meta["version"] in set(atlas.table("releases")["release_id"])
    changelog = (ROOT / "docs" / "data-changelog.md").read_text(encoding="utf-8")
    assert all(f"## {release} " in changelog for release in atlas.table("releases")["release_id"])
    feed = (ROOT / "layers" / "changes.atom").read_bytes()
    assert b"http://www.w3.org/2005/Atom" in feed
    assert set(atlas.table("clusters")["cluster_id"]) == {
        "ai_chips_sensors", "robots_hardware", "unmanned_systems", "software_algorithms", "rnd_talent", "applications",
    }  # fmt: skip


def test_every_fact_leads_to_a_source_and_says_its_scope(atlas: Atlas) -> None:
    facts = atlas.table("facts")
    assert facts[["source_id", "scope", "qualifier", "as_of"]].notna().all(axis=None)
    assert set(facts["source_id"]) <= set(atlas.table("sources")["source_id"])
    for place_id in facts["place_id"].unique():
        assert len(atlas.facts(place_id)) == (facts["place_id"] == place_id).sum()


def test_a_figure_whose_definition_promises_a_note_has_it(atlas: Atlas) -> None:
    measures = atlas.table("measures").set_index("measure_id")
    promised = measures.index[measures["definition_en"].str.contains(r"\bnotes? (?:tells?|says?|names?)\b")]
    facts = atlas.table("facts")
    bare = facts[facts["measure_id"].isin(promised) & facts["note_en"].isna()]
    assert {"expected_resident_firms", "expected_staff_on_site"} <= set(promised)
    assert bare[["place_id", "measure_id", "as_of"]].to_numpy().tolist() == []


def test_known_figures_are_carried_over(atlas: Atlas) -> None:
    facts = atlas.table("facts")

    def values(place_id: str, measure_id: str) -> set[float]:
        return set(facts[(facts["place_id"] == place_id) & (facts["measure_id"] == measure_id)]["value"])

    assert values("caohejing", "area_official_km2") == {13.3, 14.28, 5.984}
    assert {94, 220} <= values("zhangjiang", "area_official_km2")
    key_firms = atlas.values("ai_key_firms")
    assert key_firms.loc["shanghai", "value"] == 1149
    assert 134 in values("district_310115", "ai_key_firms")
    assert 403 in values("shanghai", "ai_key_firms")


def test_geometry_is_valid_and_inside_the_city(atlas: Atlas) -> None:
    assert atlas.places.geometry.is_valid.all()
    west, south, east, north = atlas.meta["bbox"]
    assert shapely.box(west, south, east, north).covers(shapely.union_all(atlas.places.geometry.to_numpy()))


def test_official_bounds_agree_with_the_official_area(atlas: Atlas) -> None:
    official = atlas.places[atlas.places["method"] == "official_bounds"]
    assert len(official) >= 14
    assert (official["area_ratio"] - 1).abs().max() <= 0.10
    for row in official.itertuples():
        assert row.area_km2 == pytest.approx(float(geodesic_area_km2(row.geometry)), abs=1e-3)


def test_nodes_lie_in_their_parents(atlas: Atlas) -> None:
    for place_id, (_, parent, _) in PLACES.items():
        if parent:
            node, outer = atlas.places.loc[place_id].geometry, atlas.places.loc[parent].geometry
            assert node.difference(outer).area / node.area < 0.01, place_id


@pytest.mark.parametrize("place_id", STATIONS_INSIDE)
def test_stations_inside(atlas: Atlas, place_id: str) -> None:
    polygon = atlas.places.loc[place_id].geometry
    outside = [name for name in STATIONS_INSIDE[place_id] if not polygon.covers(station(atlas, name))]
    assert outside == []


@pytest.mark.parametrize("place_id", STATIONS_OUTSIDE)
def test_stations_outside(atlas: Atlas, place_id: str) -> None:
    polygon = atlas.places.loc[place_id].geometry
    assert [name for name in STATIONS_OUTSIDE[place_id] if polygon.covers(station(atlas, name))] == []


@pytest.mark.parametrize("place_id", SPOTS_INSIDE)
def test_spots_inside(atlas: Atlas, place_id: str) -> None:
    polygon = atlas.places.loc[place_id].geometry
    assert all(polygon.covers(shapely.Point(spot)) for spot in SPOTS_INSIDE[place_id])


def test_districts_tile_without_overlap_and_townships_nest(atlas: Atlas) -> None:
    districts = atlas.districts.geometry
    assert shapely.coverage_is_valid(districts.to_numpy())
    townships = atlas.basemap("townships")
    assert shapely.coverage_is_valid(townships.geometry.to_numpy())
    for district_id, group in townships.groupby("district_id"):
        union = shapely.union_all(group.geometry.to_numpy())
        assert union.symmetric_difference(districts[district_id]).area / union.area < 1e-6, district_id


def test_nearest_station_by_a_second_route(atlas: Atlas) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    stations = atlas.basemap("metro_stations")
    for row in atlas.layout.itertuples():
        away = [geod.inv(row.label_lon, row.label_lat, point.x, point.y)[2] for point in stations.geometry]
        assert row.nearest_station_m == round(min(away)), row.Index


def test_basemap_is_small_and_all_files_carry_credit() -> None:
    files = list((ROOT / "layers" / "basemap").glob("*.geojson"))
    assert sum(path.stat().st_size for path in files) < 1_200_000
    for path in (ROOT / "layers").rglob("*.geojson"):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert "OpenStreetMap" in content["attribution"]
        assert "行政界线仅供参考" in content["attribution"]
        assert "未经审图，仅供参考" in content["attribution"]


def test_datapackage_validates() -> None:
    import frictionless

    report = frictionless.Package(str(ROOT / "layers" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
