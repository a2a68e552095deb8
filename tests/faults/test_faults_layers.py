"""A corrupt layer file: named and refused by library, commands and app; never shown; a build repairs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import faulty
import pytest
import tiny_city
from streamlit.testing.v1 import AppTest

from bench.serving import PATIENCE_S
from geo.atlas import layers as layer_files
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.build import build
from geo.cli.main import main
from geo.errors import DataError
from geo.web.server.current import current_atlas

MAIN = str(faulty.ROOT / "geo" / "web" / "main.py")
PACKAGE = "datapackage.json"
Capture = pytest.CaptureFixture[str]


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "first bit flipped": lambda content: flipped(content, 0),
    "a bit flipped in the middle": lambda content: flipped(content, len(content) // 2),
    "truncated": lambda content: content[: len(content) // 2],
    "the last byte lost": lambda content: content[:-1],
    "a line more": lambda content: content + content.splitlines(keepends=True)[-1],
    "empty": lambda content: b"",
    "missing": lambda content: None,
}


def damage(path: Path, how: str) -> None:
    content = DAMAGE[how](path.read_bytes())
    path.unlink() if content is None else path.write_bytes(content)


@pytest.mark.parametrize("how", DAMAGE)
def test_every_file_is_named_and_refused(how: str, layers: Path) -> None:
    for name, content in faulty.standing(layers).items():
        if not content or name == PACKAGE:  # a city without townships has an empty table, but never an empty file
            continue
        damage(layers / name, how)
        with pytest.raises(DataError, match="are damaged: run `geo build` again") as caught:
            Atlas.load(layers)
        assert len(caught.value.problems) == 1
        assert caught.value.problems[0].startswith(f"{name}: ")
        (layers / name).write_bytes(content)
    Atlas.load(layers)


def test_the_package_itself_is_guarded_at_every_byte(layers: Path) -> None:
    path = layers / PACKAGE
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(flipped(whole, at))
        with pytest.raises(DataError, match=r"datapackage\.json (is not readable|differs from the hash)"):
            Atlas.load(layers)
    for strange in (b"", b"[]", b"null", b"1", b"{}", b'{"atlas": {}}', b"\xff\xfe", b"[" * 10**5, whole[:-20]):
        path.write_bytes(strange)
        with pytest.raises(DataError, match=r"datapackage\.json is not readable .*run `geo build` again"):
            Atlas.load(layers)
    path.unlink()
    with pytest.raises(DataError, match=r"no layers in .*run `geo build`"):
        Atlas.load(layers)


def test_a_figure_changed_by_hand_with_its_hash_is_still_found(layers: Path) -> None:
    """Whoever mends the hash of the file has changed the package, which holds a hash of itself."""
    path = layers / PACKAGE
    package = json.loads(path.read_bytes())
    package["atlas"]["data_date"] = "2099-01-01"
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(DataError, match="differs from the hash it holds of itself"):
        Atlas.load(layers)


@pytest.mark.parametrize(
    "words",
    [
        ["places"],
        ["show", "node_a"],
        ["export", "{place}/a.geojson"],
        ["report", "{place}/a.html"],
        ["assign", "{place}/in.csv", "-o", "{place}/o.csv", "--datum", "wgs84"],
        ["app", "--no-browser"],
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("name", ["node.geojson", "tables/facts.csv", PACKAGE])
def test_every_command_refuses_and_names_the_file(
    words: list[str], name: str, layers: Path, tmp_path: Path, capsys: Capture
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    faulty.points(place)
    before = faulty.standing(place)
    damage(layers / name, "truncated")
    assert main([word.format(place=place) for word in words]) == 2
    told = capsys.readouterr()
    assert name in told.err
    assert ("图层" if name != PACKAGE else "读不出") in told.err
    assert told.err.count("geo build") == 2
    assert "Traceback" not in told.err
    assert told.out == ""
    assert faulty.standing(place) == before


@pytest.mark.parametrize("name", ["belt.geojson", "tables/places.csv", "LICENSE", PACKAGE])
def test_a_build_repairs(name: str, tmp_path: Path, capsys: Capture) -> None:
    seeds, layers = tiny_city.write(tmp_path / "seeds"), tmp_path / "layers"
    (seeds / "LICENSE").write_text("free")
    build(seeds, layers)
    whole = faulty.standing(layers)
    for how in DAMAGE:
        damage(layers / name, how)
        assert main(["build", "--seeds", str(seeds), "--layers", str(layers), "--check"]) == 2
        assert name in capsys.readouterr().err
        assert build(seeds, layers).changed == (name,)
        assert faulty.standing(layers) == whole


@pytest.mark.parametrize("name", ["node.geojson", PACKAGE])
def test_the_app_names_the_file_in_both_languages(name: str, layers: Path) -> None:
    damage(layers / name, "a bit flipped in the middle")
    app = AppTest.from_file(MAIN, default_timeout=PATIENCE_S).run()
    assert not app.exception
    assert [box.value for box in app.error] == [text("web.layers.missing", language) for language in ("zh", "en")]
    assert name in app.code[0].value
    assert "Traceback" not in app.code[0].value


def test_a_running_app_goes_on_with_what_it_verified(layers: Path) -> None:
    held = current_atlas()
    for path in layers.rglob("*.*"):
        if path.is_file() and path.name != PACKAGE:
            damage(path, "truncated")
    assert current_atlas() is held
    assert len(held.places) == 6
    assert len(held.table("facts")) == 5
    assert len(held.basemap("quarters")) == 2


def test_layers_that_are_built_anew_while_they_are_read_are_read_again(
    layers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    toml = (seeds / "atlas.toml").read_text("utf-8").replace("小城", "新城").replace('version = "1"', 'version = "2"')
    (seeds / "atlas.toml").write_text(toml, "utf-8")
    read, builds = layer_files._read_files, []

    def built_in_between(folder: Path, package: dict[str, object]) -> object:
        if not builds:
            builds.append(build(seeds, layers))
        return read(folder, package)

    monkeypatch.setattr(layer_files, "_read_files", built_in_between)
    atlas = Atlas.load(layers)
    assert atlas.meta["version"] == "2"
    assert b'"version":"2"' in (atlas.file("belt.geojson") or b"").replace(b'": "', b'":"')
