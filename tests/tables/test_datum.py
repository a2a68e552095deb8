"""The datum: the right one at 300 rows and at 48,000, none at 20, and never a guess."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from thorough import sample

from geo.base.messages import LANGUAGES
from geo.crs.datums import DATUMS, from_wgs84, gcj02_to_wgs84
from geo.errors import UsageError
from geo.tables import DatumEvidence, open_table, weigh, weigh_table

LAYERS = Path(__file__).parents[2] / "layers" / "basemap"
WEST, SOUTH, EAST, NORTH = 121.0, 30.8, 122.0, 31.7


@pytest.fixture(scope="module")
def city() -> gpd.GeoDataFrame:
    return sixteen()


@cache
def sixteen() -> gpd.GeoDataFrame:
    """Sixteen districts of different sizes: dense in the middle, as cities are."""
    rng = np.random.default_rng(7)
    seeds = np.concatenate(
        [rng.normal((121.47, 31.23), 0.06, (7, 2)), rng.uniform((WEST, SOUTH), (EAST, NORTH), (9, 2))]
    )
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shapely.box(WEST, SOUTH, EAST, NORTH))
    frame = shapely.box(WEST, SOUTH, EAST, NORTH)
    shapes = [shapely.intersection(cell, frame) for cell in cells.geoms]
    names = [f"{letter}区" for letter in "东西南北中天地玄黄宇宙洪荒日月盈"]
    return gpd.GeoDataFrame(
        {"name_zh": [f"甲{n}" for n in names], "name_en": [f"{i} District" for i in range(16)]},
        geometry=shapes,
        crs=4326,
    )


@cache
def people(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return clustered points and the position of the district each is in."""
    rng = np.random.default_rng(seed)
    centres = np.concatenate(
        [rng.normal((121.47, 31.23), 0.08, (60, 2)), rng.uniform((WEST, SOUTH), (EAST, NORTH), (60, 2))]
    )
    xy = centres[rng.integers(0, len(centres), 3 * n + 100)] + rng.normal(0, 0.01, (3 * n + 100, 2))
    where = np.full(len(xy), -1)
    for i, shape in enumerate(sixteen().geometry):
        where[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])] = i
    kept = np.flatnonzero(where >= 0)[:n]
    return xy[kept, 0], xy[kept, 1], where[kept]


def labels(city: gpd.GeoDataFrame, where: np.ndarray, noise: float, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(where)) < noise
    where = np.where(wrong, rng.integers(0, len(city), len(where)), where)
    names = city["name_zh"].to_list()
    return [names[i] for i in where]


@pytest.mark.parametrize("truth", DATUMS)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_three_hundred_rows_are_enough(city: gpd.GeoDataFrame, truth: str, noise: float) -> None:
    outcomes = []
    seeds = sample(range(25), 9)
    for seed in seeds:
        lon, lat, where = people(300, seed)
        x, y = from_wgs84(lon, lat, truth)
        evidence = weigh(x, y, areas=city, district_names=labels(city, where, noise, seed))
        outcomes.append(evidence.datum)
        assert 0.85 < evidence.shares[truth] <= 1
    assert set(outcomes) <= {truth, None}
    assert outcomes.count(truth) >= len(seeds) - 1


@pytest.mark.parametrize("truth", DATUMS)
def test_twenty_rows_never_are(city: gpd.GeoDataFrame, truth: str) -> None:
    for seed in sample(range(20), 7):
        lon, lat, where = people(20, seed)
        evidence = weigh(*from_wgs84(lon, lat, truth), areas=city, district_names=labels(city, where, 0, seed))
        assert (evidence.datum, evidence.reason) == (None, "too_few")


@pytest.mark.parametrize("truth", DATUMS)
def test_forty_eight_thousand_addresses(city: gpd.GeoDataFrame, truth: str) -> None:
    lon, lat, where = people(48_000, 1)
    addresses = [f"某市{name}人民路{i}号" for i, name in enumerate(labels(city, where, 0.02, 1))]
    evidence = weigh(*from_wgs84(lon, lat, truth), areas=city, addresses=addresses)
    assert (evidence.datum, evidence.rows, evidence.named) == (truth, 48_000, 48_000)
    assert evidence.shares[truth] > 0.97
    assert all(share < evidence.shares[truth] for datum, share in evidence.shares.items() if datum != truth)
    # The paired counts, worked out a second way.
    rival = evidence.pairs[0].rival
    difference = (evidence.shares[truth] - evidence.shares[rival]) * evidence.places
    assert evidence.pairs[0].speak_for - evidence.pairs[0].against == pytest.approx(difference)


def test_a_fourth_kind_of_coordinates_is_not_decided(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(20_000, 2)
    shifted = gcj02_to_wgs84(lon, lat)  # points in WGS 84 that someone "converted" once too often
    evidence = weigh(*shifted, areas=city, district_names=labels(city, where, 0.01, 2))
    assert (evidence.datum, evidence.best, evidence.reason) == (None, "wgs84", "shifted")
    for seed in sample(range(20), 7):
        lon, lat, where = people(300, seed)
        few = weigh(*gcj02_to_wgs84(lon, lat), areas=city, district_names=labels(city, where, 0.01, seed))
        assert few.datum is None


def test_names_that_have_nothing_to_do_with_the_points(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(2000, 3)
    evidence = weigh(lon, lat, areas=city, district_names=labels(city, np.roll(where, 7), 0, 3))
    assert (evidence.datum, evidence.reason) == (None, "low_share")


def test_one_mistake_repeated_counts_once(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(400, 4)
    names = labels(city, where, 0, 4)
    once = weigh(lon, lat, areas=city, district_names=names)
    many = weigh(
        np.r_[lon, np.repeat(lon[:1], 500)],
        np.r_[lat, np.repeat(lat[:1], 500)],
        areas=city,
        district_names=names + ["甲东区"] * 500,
    )
    assert many.places <= once.places + 1
    assert many.datum == once.datum == "wgs84"


def test_points_inside_one_district_say_nothing(city: gpd.GeoDataFrame) -> None:
    largest = int(np.argmax([shape.area for shape in city.geometry]))
    core = city.geometry.iloc[largest].buffer(-0.03)
    rng = np.random.default_rng(0)
    xy = rng.uniform(core.bounds[:2], core.bounds[2:], (4000, 2))
    xy = xy[shapely.contains_xy(core, xy[:, 0], xy[:, 1])]
    evidence = weigh(xy[:, 0], xy[:, 1], areas=city, district_names=[city["name_zh"].iloc[largest]] * len(xy))
    assert (evidence.datum, evidence.reason) == (None, "unclear")
    assert set(evidence.shares.values()) == {1.0}


def test_without_names_the_border_and_the_water_speak(city: gpd.GeoDataFrame) -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(WEST, EAST, 30_000), rng.uniform(SOUTH, NORTH, 30_000)
    river = shapely.box(121.5, SOUTH, 121.504, NORTH)
    dry = ~shapely.contains_xy(river, lon, lat)
    water = gpd.GeoDataFrame(geometry=[river], crs=4326)
    for truth in DATUMS:
        evidence = weigh(*from_wgs84(lon[dry], lat[dry], truth), areas=city, water=water)
        assert (evidence.datum, evidence.kind) == (truth, "points")
    few = weigh(lon[dry][:300], lat[dry][:300], areas=city, water=water)
    assert (few.datum, few.reason) == (None, "points_unclear")
    # Cut along the city's border in the wrong datum: the border lies, the river objects.
    x, y = from_wgs84(lon[dry], lat[dry], "gcj02")
    cut = (x > WEST) & (x < EAST) & (y > SOUTH) & (y < NORTH)
    assert weigh(x[cut], y[cut], areas=city, water=water).datum in (None, "gcj02")


def test_confidence_follows_from_the_places_that_disagree(city: gpd.GeoDataFrame) -> None:
    """A place inside its area here and far outside there multiplies the odds by what a mistake costs."""
    lon, lat, where = people(40, 21)
    evidence = weigh(lon, lat, areas=city, district_names=labels(city, where, 0, 21))
    mistakes = 1 - evidence.shares["wgs84"] + 2 / evidence.places
    most = (1 - mistakes / 2) / (mistakes / 2)
    odds = [most ** (pair.speak_for - pair.against) for pair in evidence.pairs]
    assert len(odds) == 2
    assert 0.5 < evidence.confidence <= 1 / (1 + sum(1 / one for one in odds)) + 1e-9
    assert evidence.confidence > 0.9  # near the border a place says less


def test_nothing_to_go_by(city: gpd.GeoDataFrame) -> None:
    evidence = weigh([np.nan], [np.nan], areas=city)
    assert (evidence.datum, evidence.kind, evidence.reason) == (None, "none", "no_names")
    with pytest.raises(UsageError, match="same length"):
        weigh([121.0], [31.0, 32.0], areas=city)


@pytest.mark.parametrize("cell", ["", "0", "-"])
def test_coordinates_that_nobody_has_filled_in_need_no_datum(city: gpd.GeoDataFrame, cell: str) -> None:
    """Else the addresses of such a table could not be asked for."""
    lines = "\n".join(["name,lon,lat", *[f"r,{cell},{cell}"] * 5])
    with open_table(io.BytesIO(lines.encode()), name="in.csv") as table:
        evidence = weigh_table(table, areas=city)
    assert (evidence.datum, evidence.reason, evidence.rows) == ("wgs84", "no_points", 0)
    assert "No row has coordinates that can be used" in evidence.sentence("en")
    with open_table(io.BytesIO(lines.encode()), name="in.csv") as table:  # what was not looked at may hold some
        assert weigh_table(table, areas=city, rows=2).datum == "wgs84"
    head = "\n".join(["name,bd09_lon,bd09_lat", "r,,"])
    with open_table(io.BytesIO(head.encode()), name="in.csv") as table:
        assert weigh_table(table, areas=city).datum == "bd09"


def test_townships_are_finer_and_must_agree_with_their_district(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(3000, 6)
    halves = []
    for shape in city.geometry:
        west, south, east, north = shape.bounds
        middle = (west + east) / 2
        halves += [
            shape.intersection(shapely.box(west, south, middle, north)),
            shape.intersection(shapely.box(middle, south, east, north)),
        ]
    names = [f"第{i}镇号" for i in range(32)]
    towns = gpd.GeoDataFrame(
        {"name_zh": names, "district": np.repeat(city["name_zh"].to_numpy(), 2)}, geometry=halves, crs=4326
    )
    middle = np.array([(shape.bounds[0] + shape.bounds[2]) / 2 for shape in city.geometry])
    town = 2 * where + (lon > middle[where])
    addresses = [f"{city['name_zh'].iloc[w]}{names[t]}" for w, t in zip(where, town, strict=True)]
    with_towns = weigh(lon, lat, areas=city, townships=towns, addresses=addresses)
    without = weigh(lon, lat, areas=city, addresses=addresses)
    assert with_towns.datum == without.datum == "wgs84"
    assert with_towns.pairs[0].speak_for > without.pairs[0].speak_for
    wrong = [f"{city['name_zh'].iloc[(w + 1) % 16]}{names[t]}" for w, t in zip(where, town, strict=True)]
    assert weigh(lon, lat, areas=city, townships=towns, addresses=wrong).shares["wgs84"] < 0.2  # the district counts


def csv_of(lon: np.ndarray, lat: np.ndarray, texts: list[str], head: str) -> io.BytesIO:
    rows = (f"企业{i},{t},{a:.7f},{b:.7f}" for i, (a, b, t) in enumerate(zip(lon, lat, texts, strict=True)))
    return io.BytesIO("\n".join([head, *rows]).encode())


@pytest.mark.parametrize("column", ["所在区", "注册地址", "说明"])
def test_a_table_brings_its_own_evidence(city: gpd.GeoDataFrame, column: str) -> None:
    lon, lat, where = people(2000, 8)
    texts = labels(city, where, 0.01, 8)
    if column != "所在区":
        texts = [f"某市{t}某路" for t in texts]
    x, y = from_wgs84(lon, lat, "bd09")
    with open_table(csv_of(x, y, texts, f"名称,{column},经度,纬度"), name="a.csv") as table:
        evidence = weigh_table(table, areas=city)
    assert (evidence.datum, evidence.kind) == ("bd09", "names")
    for language in LANGUAGES:
        assert "bd09" in " ".join(evidence.lines(language))


@pytest.mark.parametrize(("digits", "reason"), [(2, "coarse"), (7, "mixed")])
def test_rounded_coordinates_are_not_called_a_mixture(city: gpd.GeoDataFrame, digits: int, reason: str) -> None:
    """Rounded to a kilometre, many rows lie in their district under a wrong datum only."""
    lon, lat, where = people(2000, 8)
    x, y = from_wgs84(lon, lat, "gcj02")
    if reason == "mixed":
        x, y = np.where(np.arange(2000) % 2, lon, x), np.where(np.arange(2000) % 2, lat, y)
    source = csv_of(x.round(digits), y.round(digits), labels(city, where, 0, 8), "名称,所在区,经度,纬度")
    with open_table(source, name="a.csv") as table:
        evidence = weigh_table(table, areas=city)
    assert (evidence.datum, evidence.reason) == (None, reason)
    assert ("two decimals or fewer" in evidence.sentence("en")) is (reason == "coarse")


def test_a_sorted_table_is_read_further(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(6000, 9)
    inner = np.array(
        [
            city.geometry.iloc[w].buffer(-0.02).contains(shapely.Point(a, b))
            for a, b, w in zip(lon, lat, where, strict=True)
        ]
    )
    order = np.argsort(~inner, kind="stable")
    texts = labels(city, where[order], 0, 9)
    with open_table(csv_of(lon[order], lat[order], texts, "名称,所在区,经度,纬度"), name="a.csv") as table:
        assert weigh_table(table, areas=city, rows=int(inner.sum())).datum == "wgs84"


def test_what_the_columns_state(city: gpd.GeoDataFrame) -> None:
    lon, lat, where = people(2000, 10)
    texts = labels(city, where, 0, 10)

    def ask(head: str, texts: list[str], x: np.ndarray, y: np.ndarray) -> DatumEvidence:
        with open_table(
            csv_of(x, y, texts, head), name="a.csv", bbox=(120.8, 30.6, 122.3, 31.9), metric_crs="EPSG:4549"
        ) as table:
            return weigh_table(table, areas=city)

    named = "名称,说明,gcj02_lng,gcj02_lat"
    assert ask(named, ["–"] * 2000, lon, lat).reason == "by_column_name"
    assert ask(named, ["–"] * 2000, lon, lat).datum == "gcj02"
    assert (ask(named, texts, lon, lat).datum, ask(named, texts, lon, lat).reason) == (None, "contradicts")
    from geo.crs.registry import lonlat_to_projected

    metres = ask("名称,说明,x,y", texts, *lonlat_to_projected(lon, lat, "EPSG:4549"))
    assert (metres.datum, metres.best, metres.reason) == (None, "EPSG:4549+wgs84", "near")
    for evidence in (metres, ask(named, texts, lon, lat)):
        assert evidence.lines("zh")
        assert set(evidence.to_dict()) >= {"datum", "confidence", "shares", "pairs", "reason"}


def test_the_published_districts(atlas) -> None:
    """With the real borders: 300 rows spread over the land, in each datum."""
    districts = atlas.basemap("districts")
    west, south, east, north = atlas.meta["bbox"]
    rng = np.random.default_rng(11)
    xy = rng.uniform((west, south), (east, north), (6000, 2))
    names = np.full(len(xy), "", dtype=object)
    for name, shape in zip(districts["name_zh"], districts.geometry, strict=True):
        names[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])] = name
    kept = np.flatnonzero(names != "")[:1500]
    for truth in DATUMS:
        x, y = from_wgs84(xy[kept, 0], xy[kept, 1], truth)
        addresses = [f"{name}某路{i}号" for i, name in enumerate(names[kept])]
        assert weigh(x, y, areas=districts, addresses=addresses).datum == truth
        assert weigh(x[:20], y[:20], areas=districts, addresses=addresses[:20]).datum is None
