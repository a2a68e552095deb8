"""The geocoder of an atlas: what the published one knows, and a city that has neither roads nor townships."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geo.addresses.words import note_texts
from geo.analysis.user_data.geocoding import atlas_geocoder
from geo.atlas import Atlas


@pytest.fixture(scope="module")
def coder(atlas: Atlas):
    return atlas_geocoder(atlas)


def test_equal_atlases_have_one_geocoder(atlas: Atlas, coder) -> None:
    assert atlas_geocoder(Atlas.load(atlas.folder)) is coder


@pytest.mark.parametrize(
    ("address", "level", "lon", "lat", "within_m"),
    [
        ("上海市黄浦区南京东路635号", "house_number", 121.47374, 31.23692, 30),
        ("上海市广东路51号", "house_number", 121.4856, 31.2358, 120),
        ("静安区南京西路1686号", "house_number", 121.44069, 31.22540, 30),
        ("上海浦东世纪大道２０００号", "house_number", 121.53742, 31.22032, 30),
        ("人民大道", "road", 121.4695, 31.2317, 200),
        ("龙阳路地铁站", "poi", 121.5537, 31.2042, 400),
        ("上海市浦东新区张江人工智能岛", "poi", 121.6055, 31.1815, 300),
    ],
)
def test_well_known_spots(coder, address: str, level: str, lon: float, lat: float, within_m: float) -> None:
    found = coder.geocode([address])
    assert found.level == [level]
    off = math.hypot((found.lon[0] - lon) * 95_300, (found.lat[0] - lat) * 111_000)
    assert off < within_m
    assert off <= found.accuracy_m[0]


def test_a_road_named_after_a_province_is_in_the_city_and_the_province_is_not(coder) -> None:
    found = coder.geocode(["上海市广东路51号", "广东路51号", "广东省广州市天河区体育西路1号", "江苏省昆山市花桥镇"])
    assert found.district[:2] == ["district_310101"] * 2
    assert found.level[2:] == ["none", "none"]
    assert found.notes[2] == (("elsewhere", ""),)


def test_a_registered_address_begins_with_the_free_trade_zone(coder) -> None:
    found = coder.geocode(
        ["中国（上海）自由贸易试验区无名路399号10幢", "中国（上海）自由贸易试验区临港新片区无名路8号"]
    )
    assert found.district == ["district_310115", None]
    assert found.level == ["district", "poi"]
    assert {"district_310115", "district_310120"} <= set(dict(found.notes[1])["districts"].lstrip("~").split())


def test_an_address_of_an_institution_is_placed_as_the_institution_is(coder, atlas: Atlas) -> None:
    """One question, one answer: what the map shows at a spot is not unknown when its address is asked for."""
    rows = atlas.institutions
    placed = rows[(rows["placed_by"] != "none") & rows["address"].notna()]
    found = coder.geocode(placed["address"].tolist())
    x, y = coder.gazetteer.plane.metres(found.lon, found.lat)
    own = coder.gazetteer.plane.metres(placed.geometry.x.to_numpy(), placed.geometry.y.to_numpy())
    off = np.hypot(x - own[0], y - own[1])
    agree = off <= found.accuracy_m + placed["accuracy_m"].to_numpy()
    assert agree.mean() > 0.97
    near = found.accuracy_m <= 1.1 * placed["accuracy_m"].to_numpy()
    assert near.mean() > 0.85


def test_old_names(coder) -> None:
    found = coder.geocode(["闸北区", "卢湾区", "南汇区", "崇明县", "奉贤区南桥镇", "嘉定区方泰镇"])
    districts = [f"district_{code}" for code in (310106, 310101, 310115, 310151, 310120, 310114)]
    assert found.district == districts
    assert found.township[4] is None  # divided since: candidates
    assert "西渡街道" in str(note_texts(found.notes, {"310120_xidu_jiedao": "西渡街道"}, "zh")[4])
    assert found.township[5] == "310114_anting_zhen"


def test_house_numbers_of_the_bundle_lie_within_their_accuracy(coder, atlas: Atlas) -> None:
    numbers = atlas.addresses("house_numbers")
    found = coder.geocode([f"{r}{n}号" for r, n in zip(numbers["road"], numbers["house_number"], strict=True)])
    assert np.mean([level == "house_number" for level in found.level]) > 0.97
    off = np.hypot((found.lon - numbers.geometry.x) * 95_300, (found.lat - numbers.geometry.y) * 111_000)
    assert np.nanmean(off <= found.accuracy_m) > 0.97


def test_every_road_of_the_bundle_lies_in_its_district_and_half_is_whole(atlas: Atlas) -> None:
    roads = atlas.addresses("roads")
    districts = atlas.districts.geometry
    far = shapely.distance(roads.geometry.to_numpy(), districts.loc[roads["district_id"]].to_numpy())
    assert far.max() < 2e-4
    assert len(roads) > 1200
    assert roads["partial"].mean() < 0.5
    assert roads["name_zh"].str.fullmatch(r"[一-鿿]+(?:路|街|大道|公路)").all()


def test_a_city_without_roads_and_townships(tiny: Atlas) -> None:
    found = atlas_geocoder(tiny).geocode(["小城东区某路1号", "西区", "某路1号", "乙园"])
    assert found.level == ["district", "district", "none", "poi"]
    assert found.district == ["east", "west", None, "east"]
    assert found.places[3] == ("park_b",)


def test_notes_in_both_languages(coder, atlas: Atlas) -> None:
    found = coder.geocode(["奉贤区南桥镇", "", "广东省广州市天河区体育西路1号", "漕宝路"])
    for language in ("zh", "en"):
        names = {one: str(row[f"name_{language}"]) for one, row in atlas.place_rows.items()}
        told = note_texts(found.notes, names, language)
        assert all(told)
        assert all("{" not in str(words) for words in told)
    assert note_texts([()], {}, "zh") == [None]
