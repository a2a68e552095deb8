"""Runs one page in Streamlit's AppTest and reads what it shows."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from bench.serving import PATIENCE_S

# Every run asks what each installed package says of itself, for components: longer than most pages take.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def _script(name: str) -> None:
    import importlib

    from geo.web.parts import page_frame, state
    from geo.web.server.current import current_atlas

    page = importlib.import_module(f"geo.web.pages.{name}")
    atlas = current_atlas()
    selection, problems = state.begin(atlas, page.PATH)
    page_frame.problems_block(problems, selection.language)
    page.render(atlas, selection)
    page_frame.footer(atlas, selection)


class Shown:
    """A page that was run: its HTML as one tree, its widgets by key."""

    def __init__(self, name: str, query: dict[str, str], session: dict[str, Any] | None = None) -> None:
        self.app = AppTest.from_function(_script, default_timeout=PATIENCE_S, kwargs={"name": name})
        for key, value in query.items():
            self.app.query_params[key] = value
        for key, value in (session or {}).items():
            self.app.session_state[key] = value
        self.run()

    def run(self) -> Shown:
        """Run the page again."""
        self.app.run()
        assert not self.app.exception, [error.message for error in self.app.exception]
        blocks = "".join(block.value for block in self.app.html)
        self.tree = lxml.html.fromstring(f"<main>{blocks}</main>")
        return self

    def all(self, selector: str) -> list[Any]:
        """Return the elements that a class or tag names: "table.geo-table", "section#geo-cite a"."""
        path = ""
        for part in selector.split():
            tag, test = part, ""
            if "." in part:
                tag, _, name = part.partition(".")
                test = f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
            elif "#" in part:
                tag, _, name = part.partition("#")
                test = f"[@id='{name}']"
            path += f"//{tag or '*'}{test}"
        return list(self.tree.xpath(path))

    def text(self, selector: str = "") -> str:
        """Return the words of all such elements, of the page by default."""
        found = self.all(selector) if selector else [self.tree]
        return "\n".join(" ".join(element.text_content().split()) for element in found)

    def widget(self, kind: str, key: str) -> Any:
        """Return a widget by key."""
        (found,) = [one for one in self.app.get(kind) if one.key == key]
        return found


def target(element: Any) -> tuple[str, dict[str, str]]:
    """Return page and query of a link."""
    parts = urlsplit(element.get("href"))
    return parts.path.removeprefix("./"), {name: ",".join(value) for name, value in parse_qs(parts.query).items()}
