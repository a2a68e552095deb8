"""Fixtures that every test module may use."""

from __future__ import annotations

import gc
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tiny_city
import warm
from hypothesis import HealthCheck, settings
from slow import SLOW, SLOW_FIXTURES, starts_a_program
from thorough import SAID
from xdist.scheduler import LoadFileScheduling

from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.build import build

#: The tests that share a browser and an app: to start both anew, and what each page costs for the first time, is a
#: tenth of their work.
BROWSER = "tests/browser/"

# However busy the machine is, a case may take its time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# Started in the background, a shell lets all that follows ignore Ctrl-C, and tests that send it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
# To look for rubbish among modules and tests while they are made is a fifth of making them.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and let slow files come first, so that at the end no worker waits for another's long one."""
    for item in items:
        driven = SLOW_FIXTURES & set(getattr(item, "fixturenames", ()))
        if item.nodeid.startswith(SLOW) or driven or starts_a_program(getattr(item, "obj", None)):
            item.add_marker("slow")
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not item.nodeid.startswith(BROWSER), item.path not in slow_files))


class Together(LoadFileScheduling):  # type: ignore[misc]
    """Give each worker whole files, and one worker all that share a browser and an app."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Let the collector of rubbish pass over modules and thousands of tests, which stay to the end, and come rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(SAID)


@pytest.fixture(scope="session", autouse=True)
def warm_children() -> Iterator[None]:
    """Files are read in children that are forked warm."""
    with warm.Warm():
        yield


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """The tiny city's seeds, free to be broken."""
    return tiny_city.write(tmp_path / "seeds")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """The tiny city, built and loaded."""
    folder = tmp_path_factory.mktemp("tiny")
    build(tiny_city.write(folder / "seeds"), folder / "layers")
    return Atlas.load(folder / "layers")


@pytest.fixture
def layers(tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny city's layers that the program takes for the published ones, free to be damaged."""
    folder = tmp_path / "layers"
    shutil.copytree(tiny.folder, folder)
    monkeypatch.setenv("GEO_LAYERS", str(folder))
    return folder


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The published layers of this checkout."""
    return Atlas.load(Path(__file__).parents[1] / "layers")


@pytest.fixture
def parsed_once(atlas: Atlas, tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever loads the published layers or the tiny city's get them as they are parsed already.

    For tests that ask a command several times and are not about loading.
    """
    load = Atlas.load
    known = {one.folder.resolve(): one for one in (atlas, tiny)}

    def again(layers_dir: str | Path | None = None) -> Atlas:
        folder = Path(layers_dir) if layers_dir is not None else default_layers()
        return known.get(folder.resolve()) or load(folder)

    monkeypatch.setattr(Atlas, "load", again)
