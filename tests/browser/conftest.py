"""The app in a real browser: one server on a free loopback port, one Chromium, and pages that watch what goes wrong."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from app_driver import DESKTOP, PLAIN_CODE, AppPage, Chromium, Scheme, Window, serve
from playwright.sync_api import Browser, expect

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.contract.datapackage import digest_of

#: What asks another host finds none, on any machine.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

#: For all files that a worker takes one after another: to start it, and what each page costs for the first time, is a
#: tenth of all work.
CHROMIUM_HERE = Chromium()

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return Atlas.load()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def other_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A site of somebody else, which may show the app in a frame: its folder and its port."""
    folder = tmp_path_factory.mktemp("outer")
    site = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield folder, int(site.server_address[1])
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="session")
def app_url(other_site: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    embedding = ("--embed-for", f"http://127.0.0.1:{other_site[1]}")
    yield from serve(default_layers(), tmp_path_factory.mktemp("app"), *embedding)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End the browser before a file of another folder, or one that does not begin with a test in the browser."""
    try:
        return (yield)
    finally:
        here = nextitem is not None and nextitem.path.parent == item.path.parent
        if not here or (nextitem.path != item.path and "browser" not in nextitem.fixturenames):
            CHROMIUM_HERE.end()


@pytest.fixture
def browser() -> Browser:
    return CHROMIUM_HERE.browser(PLAIN_CODE, ALONE)


@pytest.fixture
def windows(browser: Browser) -> dict[str, Window]:
    """Return the windows that are open, by their options."""
    return CHROMIUM_HERE.windows


@pytest.fixture
def open_page(browser: Browser, windows: dict[str, Window]) -> Iterator[Callable[..., AppPage]]:
    """Return a maker of pages; at the end none may have failed, complained or asked another host."""
    opened: list[tuple[Window, AppPage]] = []
    made: list[AppPage] = []

    def make(
        base: str, *, strict: bool = True, viewport: Any = DESKTOP, color_scheme: Scheme = "light", **options: Any
    ) -> AppPage:
        key = json.dumps(options, sort_keys=True)
        if key not in windows:
            windows[key] = Window(browser, options)
        window = windows[key]
        page = AppPage(window.tab(viewport, color_scheme), base)
        opened.append((window, page))
        if strict:
            made.append(page)
        return page

    yield make
    problems = [(page.problems, page.foreign) for page in made]
    for window, page in opened:
        page.leave()
        window.give_back(page.page)
    kept = [window.context for window in windows.values()]
    for context in browser.contexts:
        if context not in kept:
            context.close()
    for complained, foreign in problems:
        assert not complained
        assert not foreign


@pytest.fixture
def app(open_page: Callable[..., AppPage], app_url: str) -> AppPage:
    """Return a page of the app at desktop size, not yet opened."""
    return open_page(app_url)


#: Every kind of payload that runs somewhere on the usual way: on the server through Jinja, in the browser through HTML
#: and template strings.
HOSTILE = (
    "{{ 7*7 }}{{ ''.__class__.__mro__[1].__subclasses__() }}{% raise %}{# c #}"
    '<img src=x onerror="window.top.__owned=1"></script><script>window.top.__owned=2</script>'
    "`${window.top.__owned=3}`'\"\\"
)


@pytest.fixture(scope="session")
def hostile_url(hostile_layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on those layers."""
    yield from serve(hostile_layers, tmp_path_factory.mktemp("hostile_app"))


@pytest.fixture(scope="session")
def hostile_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the layers in which every name, note and label is a payload."""
    folder = tmp_path_factory.mktemp("hostile") / "layers"
    shutil.copytree(default_layers(), folder)
    long = ("name_", "note_", "label_", "title", "definition_", "caveat_", "locator", "bounds_", "boundary_note")
    long += ("publisher", "symbol_", "text_", "address", "detail")

    def poison(row: dict[str, Any]) -> None:
        for name, value in row.items():
            if isinstance(value, str) and value and name.startswith(long):
                row[name] = HOSTILE + value
            elif isinstance(value, str) and value and name.startswith("short_"):
                row[name] = "{{7*7}}<b>`" + value

    for path in [*folder.glob("*.geojson"), *folder.glob("basemap/*.geojson")]:
        data = json.loads(path.read_text(encoding="utf-8"))
        for feature in data["features"]:
            poison(feature["properties"])
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for path in folder.glob("tables/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or []), list(reader)
        for row in rows:
            poison(row)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for key in ("title_zh", "title_en", "subtitle_zh", "subtitle_en", "attribution_zh", "border_notice_zh"):
        if key in package["atlas"]:
            package["atlas"][key] = HOSTILE + package["atlas"][key]
    for resource in package["resources"]:
        resource["hash"] = "sha256:" + hashlib.sha256((folder / resource["path"]).read_bytes()).hexdigest()
    package["hash"] = digest_of(package)
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return folder
