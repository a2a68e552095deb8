"""Caches that were cut or changed are made anew, in silence; they lie where only their user may write."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import faulty
import pytest

from geo.atlas.atlas import Atlas

#: Joins three points with the compiler, and tells what came out, and whether it compiled or read what was kept.
COMPILED = """
import json
import sys
import numpy as np
import shapely
from geo.assign import assign
areas = {"west": shapely.box(0, 0, 1, 1), "east": shapely.box(1, 0, 2, 1)}
found = assign(np.array([0.5, 1.5, 5.0]), np.array([0.5, 0.5, 5.0]), areas, engine="numba")
print(json.dumps([[found.ids_of(n) for n in range(3)], "numba" in sys.modules]))
"""


def join(caches: Path) -> bool:
    """Run it, check the answer, return whether it compiled."""
    done = faulty.python(COMPILED, env={"XDG_CACHE_HOME": str(caches), "HOME": str(caches)})
    assert b"Traceback" not in done.stderr
    ids, compiled = faulty.answer(done)
    assert ids == [["west"], ["east"], []]
    return bool(compiled)


def kept(caches: Path) -> Path:
    (path,) = (path for path in (caches / "geo-compiled").rglob("*") if path.is_file())
    return path


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("caches")
    assert join(folder)
    return folder


def test_compiled_code_is_kept_for_its_user_alone(caches: Path) -> None:
    assert not join(caches)
    assert stat.S_IMODE((caches / "geo-compiled").stat().st_mode) == 0o700
    assert kept(caches).stat().st_size < 10_000


def test_compiled_code_that_was_cut_is_compiled_anew(caches: Path) -> None:
    """In a process of its own; every other damage is in `tests/base/test_machine_code.py`."""
    content = kept(caches).read_bytes()
    kept(caches).write_bytes(content[: len(content) // 2])
    assert join(caches)
    assert not join(caches)


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
