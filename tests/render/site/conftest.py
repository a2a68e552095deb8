"""The tiny city's site, built once by the command line, and every page of it parsed strictly."""

from __future__ import annotations

import html.parser
from collections.abc import Mapping
from pathlib import Path

import pytest

from geo.atlas.atlas import Atlas
from geo.cli.main import main

VOID = {"br", "img", "input", "link", "meta"}
#: Element → what it may hold directly besides text.
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "html": {"head", "body"},
}
BLOCKS = {"p", "div", "ul", "ol", "dl", "table", "section", "h1", "h2", "h3", "h4", "header", "aside", "nav"}


class Parsed(html.parser.HTMLParser):
    """A page: its elements, ids, links, words; `wrong` is what no HTML may be."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[str] = []
        self.meta: dict[str, str] = {}
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self.text = self.title = self.linked = ""
        self._open: list[str] = []
        self._type = ""
        self.feed(content.decode("utf-8"))
        self.close()
        if self._open:
            self.wrong.append(f"never closed: {self._open}")
        self.wrong += [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        given = {name: value or "" for name, value in attrs}
        above = self._open[-1] if self._open else ""
        if len(names) != len(set(names)):
            self.wrong.append(f"{tag} has an attribute twice")
        if above in CHILDREN and tag not in CHILDREN[above]:
            self.wrong.append(f"{tag} in {above}")
        if tag in BLOCKS and {"p", "span", "h1", "h2", "h3"} & set(self._open):
            self.wrong.append(f"{tag} in {self._open}")
        if tag == "a" and "a" in self._open:
            self.wrong.append("a in a")
        self.attributes.append((tag, given))
        self.meta |= (
            {given.get("property") or given.get("name") or "": given["content"]}
            if tag == "meta" and "content" in given
            else {}
        )
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.loads += [given[name] for name in ("src", "srcset", "poster", "data") if name in given]
        self.loads += [given["href"]] if tag == "link" and "href" in given else []
        self.headings += [tag] if tag in ("h1", "h2", "h3", "h4") else []
        self._type = given.get("type", "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"/{tag} closes another")

    def handle_data(self, data: str) -> None:
        above = self._open[-1] if self._open else ""
        if above == "script":
            self.linked += data if self._type == "application/ld+json" else ""
        elif above == "title":
            self.title += data
        else:
            self.text += data


@pytest.fixture(scope="session")
def site_folder(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    assert main(["site", str(folder), "--layers", str(tiny.folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Mapping[str, bytes]:
    """Path → content of every file."""
    return {
        path.relative_to(site_folder).as_posix(): path.read_bytes()
        for path in sorted(site_folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def pages(site: Mapping[str, bytes]) -> Mapping[str, Parsed]:
    """Path → page."""
    return {path: Parsed(content) for path, content in site.items() if path.endswith(".html")}
