"""Caches that were cut or changed are made anew, in silence; they lie where only their user may write."""

from __future__ import annotations

import json
import stat
from itertools import product
from pathlib import Path

import faulty
import pytest
from thorough import sample

from geo.atlas.atlas import Atlas

#: Joins three points with the compiler, and tells what came out, and whether it compiled or read what was kept.
COMPILED = """
import json
import numpy as np
import shapely
from geo.assign import assign
areas = {"west": shapely.box(0, 0, 1, 1), "east": shapely.box(1, 0, 2, 1)}
found = assign(np.array([0.5, 1.5, 5.0]), np.array([0.5, 0.5, 5.0]), areas, engine="numba")
from geo.assign.kernel import lookup
print(json.dumps([[found.ids_of(n) for n in range(3)], sum(lookup.stats.cache_misses.values())]))
"""


def join(caches: Path) -> int:
    """Run it, check the answer, return how often it compiled."""
    done = faulty.python(COMPILED, env={"XDG_CACHE_HOME": str(caches), "HOME": str(caches)})
    assert b"Traceback" not in done.stderr
    ids, compiled = faulty.answer(done)
    assert ids == [["west"], ["east"], []]
    return int(compiled)


def kept(caches: Path, ending: str = "*") -> list[Path]:
    return sorted(path for path in (caches / "geo-compiled").rglob(ending) if path.is_file())


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("caches")
    assert join(folder) == 1
    return folder


def test_compiled_code_is_kept_for_its_user_alone(caches: Path) -> None:
    assert join(caches) == 0
    assert stat.S_IMODE((caches / "geo-compiled").stat().st_mode) == 0o700
    sealed = json.loads((caches / "geo-compiled" / "seal.json").read_text())
    assert {Path(name).suffix for name in sealed} == {".nbi", ".nbc"}


#: Of a sample of three each kind of file is one, and each way to cut.
CUTS = list(product(["*.nbi", "*.nbc", "seal.json"], [0, 10, 0.5]))


@pytest.mark.parametrize(("ending", "left"), sample(CUTS, 3))
def test_compiled_code_that_was_cut_is_compiled_anew(caches: Path, ending: str, left: float) -> None:
    for path in kept(caches, ending):
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * left) if left < 1 else int(left)])
    assert join(caches) == 1
    assert join(caches) == 0


def test_compiled_code_that_was_changed_is_not_run(caches: Path) -> None:
    for path in kept(caches, "*.nbc"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    assert join(caches) == 1


def test_a_file_that_nobody_sealed_is_not_read(caches: Path, tmp_path: Path) -> None:
    """An index of numba is a pickle: reading it runs what it names."""
    (planted,) = [path for path in kept(caches, "*.nbi") if "lookup" in path.name]
    witness = tmp_path / "ran"
    planted.write_bytes(f"cos\nsystem\n(S'touch {witness}'\ntR.".encode())
    assert join(caches) == 1
    assert not witness.exists()


def test_a_list_of_fonts_that_was_cut_is_made_anew(tiny: Atlas, tmp_path: Path) -> None:
    words = ["report", tmp_path / "a.svg", "--overwrite", "--layers", tiny.folder]
    env = {"MPLCONFIGDIR": str(tmp_path / "fonts"), "HOME": str(tmp_path)}
    assert faulty.geo(*words, env=env).returncode == 0
    (fonts,) = (tmp_path / "fonts").glob("fontlist*.json")
    whole = (tmp_path / "a.svg").read_bytes()
    fonts.write_bytes(fonts.read_bytes()[:100])
    done = faulty.geo(*words, env=env)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert (tmp_path / "a.svg").read_bytes() == whole
    json.loads(fonts.read_bytes())
