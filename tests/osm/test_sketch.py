"""A city that has nothing yet: from five answers to seeds that build, on a terminal and in a script."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import pyproj
import pytest

from geo.atlas.atlas import Atlas
from geo.build import build
from geo.cli.main import main
from geo.contract.notices import approval_notice
from geo.errors import UsageError
from geo.osm.sketch import sketch

BOX = [9.9, 49.9, 10.5, 50.3]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_options_make_seeds_that_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds, layers = tmp_path / "c/seeds", tmp_path / "c/layers"
    answers = ["--name-zh", "样城", "--bbox", "9.9,49.9,10.5,50.3", "--crs", "EPSG:32632", "--centre", "10.2,50.1"]
    assert main(["new", "Sampletown", "-o", str(seeds), "--date", "2024-06-30", *answers, "--language", "en"]) == 0
    assert f"geo build --seeds {seeds} --layers {layers}" in capsys.readouterr().err
    build(seeds, layers)
    atlas = Atlas.load(layers)
    assert list(atlas.places["name_en"]) == ["Sampletown", "Sampletown (schematic)"]
    assert set(atlas.places["method"]) == {"schematic"}
    meta = tomllib.loads((seeds / "atlas.toml").read_text(encoding="utf-8"))
    assert (meta["metric_crs"], meta["bbox"]) == ("EPSG:32632", BOX)
    assert (meta["reference_point"]["lon"], meta["reference_point"]["lat"]) == (10.2, 50.1)
    assert meta["reference_point"]["name_en"] == "Centre"
    written = "".join(path.read_text(encoding="utf-8") for path in [*seeds.glob("*.csv"), seeds / "LICENSE"])
    for wrong in ("OpenStreetMap", "ODbL", "CC0", "generalised", "概括"):
        assert wrong not in written
    [source] = rows(seeds / "sources.csv")
    assert (source["title"], source["title_en"], source["publisher"], source["licence"]) == (
        *("示意方块", "Schematic square"),
        *("unknown", "unknown"),
    )
    [drawn] = rows(seeds / "basemap.csv")
    wide, high = (
        pyproj.Geod(ellps="WGS84").line_length(*ends)
        for ends in (([9.9, 10.5], [50.1] * 2), ([10.2] * 2, [49.9, 50.3]))
    )
    assert float(drawn["accuracy_m"]) == pytest.approx((wide + high) / 2, rel=1e-4)
    for table in ("sources", "kinds", "basemap", "places"):
        for row in rows(seeds / f"{table}.csv"):
            assert all(cell.isascii() for name, cell in row.items() if name.endswith("_en")), row
    assert main(["new", "Sampletown", "-o", str(seeds), *answers]) == 2
    assert "holds a city already" in capsys.readouterr().err


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_terminal_is_asked_until_the_answer_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["样城", "", "here", "9.9,49.9,10.5,50.3", "EPSG:4326", "", "1,1", ""]
    monkeypatch.setattr("sys.stdin", Terminal("\n".join(lines) + "\n"))
    assert main(["new", "Sampletown", "-o", str(tmp_path / "seeds"), "--date", "2024-06-30"]) == 0
    said = capsys.readouterr()
    for wrong in ("--bbox 是“here”，不是用逗号隔开的几个数", "“EPSG:4326”不以米为单位", "[9.9, 49.9, 10.5, 50.3] 之内"):
        assert wrong in said.err
    meta = tomllib.loads((tmp_path / "seeds/atlas.toml").read_text(encoding="utf-8"))
    assert (meta["title_zh"], meta["metric_crs"]) == ("样城产业布局图", "EPSG:32632")
    assert meta["reference_point"] == {
        **{"name_zh": "区界内一点（请改为市中心）", "name_en": "A point within the districts (replace by the centre)"},
        **{"lon": 10.2, "lat": 50.1},
    }


def test_an_answer_that_does_not_come_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("样城\n"))
    assert main(["new", "Sampletown", "-o", str(tmp_path / "seeds")]) == 2
    said = capsys.readouterr().err
    assert "Name in English: there is no answer" in said
    assert "英文名：没有回答" in said
    assert list(tmp_path.iterdir()) == []


def test_a_script_without_a_box_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["new", "Sampletown", "-o", str(tmp_path / "seeds"), "--language", "en"]) == 2
    assert "Box: west, south, east, north in degrees" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("crs", "centre", "message"),
    [("EPSG:1", (10, 50), "'EPSG:1'"), ("EPSG:2225", (10, 50), "not in metres"), ("EPSG:32632", (1, 1), "centre")],
)
def test_what_cannot_be_is_refused(crs: str, centre: tuple[float, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sketch("样城", "Sampletown", BOX, crs, centre)


@pytest.mark.parametrize("box", [[1, 2, 3], [2, 1, 1, 2], [0, 0, 200, 1]])
def test_a_box_that_is_none(box: list[float]) -> None:
    with pytest.raises(UsageError, match=r"bbox is .*west, south, east, north"):
        sketch("样城", "Sampletown", box, "EPSG:32632")


def test_at_a_pole_another_crs_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["new", "Base", "-o", str(tmp_path / "c/seeds"), "--bbox", "0,86,40,89", "--language", "en"]
    given += ["--name-zh", "站", "--name-en", "Base", "--centre", "20,88"]
    assert main(given) == 2
    assert "A projected CRS in metres: there is no answer" in capsys.readouterr().err
    assert main([*given, "--crs", "EPSG:3413"]) == 0
    assert tomllib.loads((tmp_path / "c/seeds/atlas.toml").read_text(encoding="utf-8"))["metric_crs"] == "EPSG:3413"


def test_the_country_is_asked_where_it_matters_and_never_taken_for_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    names = [
        "--name-zh",
        "城",
        "--name-en",
        "Town",
        "--crs",
        "EPSG:32648",
        "--centre",
        "105.8,21.0",
        "--language",
        "en",
    ]
    given = ["new", "Town", "-o", str(tmp_path / "seeds"), "--bbox", "105.5,20.8,106,21.2", *names]
    assert main(given) == 2
    assert "Country: two letters of ISO 3166-1" in capsys.readouterr().err
    assert main([*given, "--country", "Vietnam"]) == 2
    assert "--country is 'Vietnam': write the two letters" in capsys.readouterr().err
    assert main([*given, "--country", "vn"]) == 0
    meta = tomllib.loads((tmp_path / "seeds/atlas.toml").read_text(encoding="utf-8"))
    assert (meta["country"], approval_notice(meta, "en")) == ("VN", "")
    meta.pop("country")
    assert approval_notice(meta, "en")
    assert approval_notice(meta | {"bbox": BOX}, "en") == ""


def test_a_centre_that_is_said_is_the_centre_wherever_it_lies(tmp_path: Path) -> None:
    middle = ["--centre", "10.2000,50.1000"]
    given = [
        "new",
        "Town",
        "--name-zh",
        "城",
        "--name-en",
        "Town",
        "--bbox",
        "9.9,49.9,10.5,50.3",
        "--crs",
        "EPSG:32632",
    ]
    for name, said, point in (("said", middle, "Centre"), ("not", [], "A point within the districts")):
        assert main([*given, "-o", str(tmp_path / name), *said]) == 0
        meta = tomllib.loads((tmp_path / name / "atlas.toml").read_text(encoding="utf-8"))
        assert meta["reference_point"]["name_en"].startswith(point)
