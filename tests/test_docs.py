"""The documents: links and anchors, the site that mkdocs builds, the documentation of every public name, notebooks."""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

import docs_site
import griffe
import lxml.html
import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright
from pymdownx.slugs import slugify

import geo
from bench.serving import CHROMIUM, FLAGS, PATIENCE_S

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("examples/**/*.md")]
)
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))

# --- links ----------------------------------------------------------------------------------------------------------


def prose(text: str) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@cache
def anchors(path: Path) -> set[str]:
    """Return what a link to a page may name: its headings, as a Git host and the site make them, and ids it gives."""
    text, make, found = prose(path.read_text(encoding="utf-8")), slugify(case="lower"), set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, re.MULTILINE):
        bare = make(re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]|<[^>]+>", r"\1", heading), "-")
        found.add(next(name for n in count() if (name := f"{bare}-{n}" if n else bare) not in found))
    return found | set(re.findall(r"<a id=\"([^\"]+)\"", text))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link to a file that is there, every #part to a heading of it."""
    text = re.sub(r"`[^`\n]*`", "", prose(path.read_text(encoding="utf-8")))
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"", text):
        address = urlsplit("".join(link))
        if address.scheme or address.netloc:
            continue
        target = path.parent / unquote(address.path) if address.path else path
        if not target.exists() or (address.fragment and unquote(address.fragment) not in anchors(target)):
            broken.append("".join(link))
    assert broken == []


# --- the site -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def parsed(site: Path) -> dict[str, lxml.html.HtmlElement]:
    """Return every page of the site by its place."""
    pages = {path.relative_to(site).as_posix(): lxml.html.parse(str(path)).getroot() for path in site.rglob("*.html")}
    assert len(pages) > 25
    del pages["404.html"]  # for servers that have it at their root
    return pages


def test_nothing_is_fetched_from_elsewhere(site: Path, parsed: dict[str, lxml.html.HtmlElement]) -> None:
    """Neither script, style, font, image nor frame; a link that a reader follows may lead anywhere."""
    fetched = "//@src | //@srcset | //link/@href | //object/@data | //form/@action | //use/@href | //base/@href"
    for place, page in parsed.items():
        assert [str(address) for address in page.xpath(fetched) if urlsplit(str(address)).netloc] == [], place
        # What the theme would fetch for.
        assert page.xpath("//*[contains(@class, 'mermaid') or @data-md-component='source']") == [], place
    for path in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']*", path.read_text(encoding="utf-8")) == []


def test_every_link_of_the_site_leads_somewhere(site: Path, parsed: dict[str, lxml.html.HtmlElement]) -> None:
    ids = {place: {*page.xpath("//@id"), *page.xpath("//a/@name")} for place, page in parsed.items()}
    broken = []
    for place, page in parsed.items():
        for link in map(str, page.xpath("//a/@href | //@src | //link/@href")):
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            path = unquote(address.path)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(place), path)) if path else place
            named = unquote(address.fragment)
            if not (site / target).is_file() or (named and target in ids and named not in {*ids[target], "__search"}):
                broken.append(f"{place}: {link}")
    assert broken == []


def test_every_public_name_stands_in_the_reference(parsed: dict[str, lxml.html.HtmlElement]) -> None:
    pages = docs_site.pages()
    shown = {name for place, page in parsed.items() if place.startswith("reference/") for name in page.xpath("//@id")}
    assert {f"geo.{name}" for name in geo.__all__} <= {name for names in pages.values() for name in names} <= shown


def test_it_works_from_a_disk_with_the_network_off(site: Path) -> None:
    """The search finds words of both languages; nothing is asked of another host."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(offline=True).new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((site / "index.html").as_uri())
        page.get_by_role("textbox").first.click()
        for word, found in (("边界", "boundaries.html"), ("geodesic_area_km2", "reference/crs.html")):
            page.get_by_role("textbox").first.fill(word)
            page.keyboard.press("End")
            page.locator(f".md-search-result__link[href*='{found}']").first.wait_for(state="attached")
        browser.close()
    assert complaints == []
    assert [address for address in asked if not address.startswith("file:")] == []


@pytest.mark.parametrize("path", [*ROOT.glob("docs/*.md"), ROOT / "README.md"], ids=lambda path: path.name)
def test_names_of_the_library_that_a_guide_gives_exist(path: Path) -> None:
    names = set(re.findall(r"\bgeo(?:\.[A-Za-z_]\w*)+", path.read_text(encoding="utf-8"))) - {"geo.conf"}
    assert [name for name in sorted(names) if not exists(name)] == []


def exists(name: str) -> bool:
    """Return whether a dotted name is a module, or leads to something within one."""
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        with contextlib.suppress(ImportError):
            found: object = importlib.import_module(".".join(parts[:at]))
            for part in parts[at:]:
                found = getattr(found, part, None)
            return found is not None
    return False


#: Words of some elements, as a pattern has them, that a line ends within; whether the page is wider than its window.
PARTED = """([elements, pattern]) => {
  const parted = [];
  for (const code of document.querySelectorAll(elements)) {
    const words = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    for (let text; (text = words.nextNode()); ) {
      for (const word of text.data.matchAll(new RegExp(pattern, "g"))) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) parted.push(word[0]);
      }
    }
  }
  return [parted, document.documentElement.scrollWidth > window.innerWidth];
}"""


def test_names_are_read_whole_on_a_screen_and_on_a_phone(site: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)

        def whole(name: str, elements: str, pattern: str) -> None:
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto((site / name).as_uri())
            assert page.evaluate(PARTED, [elements, pattern]) == [[], False], name
            page.set_viewport_size({"width": 375, "height": 800})
            page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
            assert page.evaluate(PARTED, [elements, pattern]) == [[], False], name

        for name in ("library.html", "reference/index.html", "export.html"):
            whole(name, "article td:first-child code", r"\S+")
            assert page.locator("article td:first-child code").count() > 10
        for name in ("choose.html", "reference/crs.html", "reference/errors.html", "reference/tables.html"):
            whole(name, "article :is(h1, h2, h3)", r"\w+")
        browser.close()


def test_only_words_of_code_with_a_hyphen_are_kept_in_a_line() -> None:
    page = "<code>geo site --address URL</code> a-b <pre><code>c-d</code></pre> <code><a href='x-y'>z</a></code>"
    assert docs_site.whole(page) == page.replace("--address", '<span class="whole">--address</span>')
    long = f"<code>{'a-' * 20}</code>"
    assert docs_site.whole(long) == long


# --- the documentation of public names ------------------------------------------------------------------------------

PUBLIC = [name for names in docs_site.pages().values() for name in names]
#: What a caller of the library meets first.
FACE = [name for name in PUBLIC if name.count(".") == 1]


@pytest.fixture(scope="session")
def package() -> griffe.Module:
    """Return the package as its source says, with what `#:` comments tell."""
    extensions = griffe.load_extensions(str(ROOT / "tools" / "docs_comments.py"))
    loader = griffe.GriffeLoader(extensions=extensions, search_paths=[str(ROOT)], docstring_parser="numpy")
    found = loader.load("geo")
    loader.resolve_aliases()
    assert isinstance(found, griffe.Module)
    return found


def sections(thing: griffe.Object) -> dict[str, griffe.DocstringSection]:
    assert thing.docstring is not None, f"{thing.path} has no docstring"
    return {section.kind.value: section for section in thing.docstring.parsed}


def named(thing: griffe.Object, kind: str) -> list[str]:
    """Return the names that a section tells of, in order."""
    section = sections(thing).get(kind)
    return [name.strip(" *") for item in section.value for name in item.name.split(",")] if section else []


def raises_itself(function: griffe.Function) -> bool:
    lines = function.lines_collection[function.filepath][function.lineno - 1 : function.endlineno]
    (tree,) = ast.parse("\n".join(["if True:", *(f" {line}" for line in lines)])).body
    return any(isinstance(node, ast.Raise) and node.exc for node in ast.walk(tree))


def gaps(function: griffe.Function, brief: bool = False) -> Iterator[str]:
    """Say what the docstring of a function leaves out; a method may be brief, but not wrong."""
    told = sections(function)
    takes = [one.name for one in function.parameters if one.name not in ("self", "cls")]
    listed = named(function, "parameters")
    if sorted(listed) != sorted(takes) and (listed or not brief):
        yield f"{function.path}: Parameters {listed}, but it takes {takes}"
    returns = str(function.returns) not in ("None", "NoReturn")
    if returns and not brief and not {"returns", "yields"} & told.keys():
        yield f"{function.path}: no Returns"
    text = function.docstring.value if function.docstring else ""
    if raises_itself(function) and "raises" not in told and not (brief and re.search(r"\b[Rr]aise", text)):
        yield f"{function.path}: no Raises"
    words = {"ndarray": ("shape",), "array_like": ("shape",), "DataFrame": ("index", "column", "row")}
    for kind, wanted in words.items():
        if kind in text and not any(word in text for word in wanted):
            yield f"{function.path}: says {kind} without {' or '.join(wanted)}"


def found_in(package: griffe.Module, name: str) -> griffe.Object:
    thing = package[name.removeprefix("geo.")]
    found = thing.final_target if thing.is_alias else thing
    assert isinstance(found, griffe.Object)
    return found


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "geo.__version__"])
def test_a_public_name_is_documented(package: griffe.Module, name: str) -> None:
    """Parameters, what comes back, errors, shapes; of a class every attribute and method."""
    thing = found_in(package, name)
    summary = thing.docstring.value.split("\n\n")[0] if thing.docstring else ""
    assert re.search(r"[.:]$", summary), f"{name}: the docstring begins with a sentence"
    missing: list[str] = []
    if isinstance(thing, griffe.Function):
        missing += gaps(thing)
    if isinstance(thing, griffe.Class):
        told = {*named(thing, "attributes"), *named(thing, "parameters")}
        for key, member in thing.members.items():
            if key.startswith("_") or member.is_alias:
                continue
            assert isinstance(member, griffe.Object)
            if member.docstring is None and key not in told:
                missing.append(f"{name}.{key} has no docstring")
            elif isinstance(member, griffe.Function):
                missing += gaps(member, brief=True)
    assert not missing, "\n".join(missing)


def example_of(name: str) -> tuple[object, list[doctest.DocTest]]:
    module, _, last = name.rpartition(".")
    thing = getattr(importlib.import_module(module), last)
    return thing, doctest.DocTestFinder(exclude_empty=True).find(thing, name) if callable(thing) else []


#: All of the face; of the rooms the functions, which show what they return.
EXAMPLES = [
    name for name in PUBLIC if callable(thing := example_of(name)[0]) and (name in FACE or not isinstance(thing, type))
]


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_public_name_has_an_example_that_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it shows comes out; a file that it writes is written elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEO_LAYERS", str(ROOT / "layers"))
    _, examples = example_of(name)
    assert any(one.name == name and one.examples for one in examples), f"{name} shows no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    for one in examples:
        runner.run(one, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


# --- notebooks ------------------------------------------------------------------------------------------------------

#: Runs first in the kernel: no socket leads out of this computer (the kernel's own are made before).
NO_NETWORK = """
import socket as _socket
def _refuse(self, address, *_):
    if self.family != _socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the network is off: {address}")
    return _connect(self, address)
_connect, _socket.socket.connect, _socket.socket.connect_ex = _socket.socket.connect, _refuse, _refuse
"""
#: Of all the outputs that a notebook is kept with.
MOST_OUTPUT_BYTES = 100_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_with_the_network_off(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell in order, in a folder of its own that holds what lies beside the notebook."""
    # mapclassify, which maps by geopandas import, would compile for seconds what none of them calls.
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))
    for beside in path.parent.iterdir():
        if beside.suffix != ".ipynb":
            (tmp_path / beside.name).symlink_to(beside)
    NotebookClient(
        notebook, timeout=int(PATIENCE_S), kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_small(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert len(json.dumps(outputs)) < MOST_OUTPUT_BYTES
