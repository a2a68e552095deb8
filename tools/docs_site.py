"""What mkdocs adds to the guides (`hooks` of mkdocs.yml): the reference, and what the guides link to outside ``docs/``.

The reference has a page for each module of the public face: the names of ``geo.__all__`` by the room that holds them,
so that a new name appears by itself, then the rooms in `ROOMS` with theirs.
"""

from __future__ import annotations

import importlib
import inspect
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import geo

ROOT = Path(__file__).resolve().parent.parent
#: Rooms with a face of their own, which the guides name.
ROOMS = ("geo.crs", "geo.assign", "geo.tables")
#: Pages of the top of the project that belong to the site whether or not a guide links to them.
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
LINK = re.compile(r"(\]\()([^)#\s:]+)((?:#[^)\s]*)?\))|(src=\")([^\":]+)(\")")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
#: Code in a line of text, without links in it; a word of it with a hyphen that a line can hold.
CODE = re.compile(r"<pre\b.*?</pre>|<code>[^<]*</code>", re.DOTALL)
HYPHENED = re.compile(r"(?<=[\s>])(?=[^\s<>]*-)[^\s<>]{2,30}(?=[\s<])")
#: A heading; the text between its tags; a dot or slash within a name of code too long for a line of a phone.
HEADING = re.compile(r"<h[1-4]\b.*?</h[1-4]>", re.DOTALL)
BETWEEN_TAGS = re.compile(r">[^<]+<")
LONG_NAME = re.compile(r"[\w./]{20,}")
JOINT = re.compile(r"(?<=\w)[./](?=\w)")

REFERENCE = """# 参考 · Reference

公开的名字，各带形状、单位、出错时的情形和一个可运行的例子；例子由测试运行。
Every public name, with shapes, units, errors and an example that runs; the tests run them.

| name | what it is |
|---|---|
"""


def pages() -> dict[str, list[str]]:
    """Return the pages of the reference: module → full names of what it shows, as a caller would import them."""
    found: dict[str, list[str]] = {}
    for name in geo.__all__:
        room = getattr(getattr(geo, name), "__module__", "geo").split(".")[:2]
        found.setdefault(".".join(room), []).append(f"geo.{name}")
    for room in ROOMS:
        found.setdefault(room, []).extend(f"{room}.{name}" for name in importlib.import_module(room).__all__)
    return found


def first_line(name: str) -> str:
    """Return the first line of the documentation of a full name; of a constant, what kind of thing it is."""
    module, _, last = name.rpartition(".")
    found = getattr(importlib.import_module(module), last)
    if inspect.isclass(found) or callable(found):
        return (inspect.getdoc(found) or "").split("\n")[0]
    return type(found).__name__


def reference() -> dict[str, str]:
    """Return the generated pages by their place in ``docs/``, the list of all names first."""
    made = {"reference/index.md": REFERENCE}
    for module, names in pages().items():
        page = f"{module.removeprefix('geo.')}.md"
        doc = inspect.getdoc(importlib.import_module(module)) or ""
        blocks = "\n\n".join(f"::: {name}" for name in names)
        made[f"reference/{page}"] = f"# {module}\n\n{doc}\n\n{blocks}\n"
        made["reference/index.md"] += "".join(f"| [`{name}`]({page}#{name}) | {first_line(name)} |\n" for name in names)
    return made


def placed(path: str) -> str:
    """Return where in the site a file of the project lies."""
    return path.removeprefix("docs/") if path.startswith("docs/") else f"project/{path}"


def linked(path: str, text: str) -> set[str]:
    """Return the files of the project that a page of it links to."""
    links = (match[2] or match[5] for match in LINK.finditer(FENCE.sub("", text)))
    found = {posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) for link in links}
    return {name for name in found if (ROOT / name).is_file()}


def outside() -> set[str]:
    """Return the files outside ``docs/`` that the site needs: those of `TOP`, and what any page links to."""
    waiting = [*TOP, *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            if path.endswith(".md"):
                waiting += linked(path, (ROOT / path).read_text(encoding="utf-8"))
    return {path for path in seen if not path.startswith("docs/")}


def moved(path: str, text: str) -> str:
    """Return a page with its links led to where the site has their targets; code is left as it is."""
    here = posixpath.dirname(placed(path))

    def lead(match: re.Match[str]) -> str:
        before, link, after = match.groups()[:3] if match[2] else match.groups()[3:]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
        return f"{before}{posixpath.relpath(placed(target), here or '.')}{after}"

    return "".join(part if part.startswith("```") else LINK.sub(lead, part) for part in FENCE.split(text))


def on_files(files: Files, config: Any) -> Files:
    """Add the reference and the files outside ``docs/``."""
    for place, text in reference().items():
        files.append(File.generated(config, place, content=text))
    for path in sorted(outside()):
        place = placed(path)
        if not path.endswith(".md"):
            # A file without an ending would be taken for a page.
            files.append(File.generated(config, place, content=(ROOT / path).read_bytes()))
        else:
            files.append(File.generated(config, place, content=(ROOT / path).read_text(encoding="utf-8")))
    return files


def on_config(config: Any) -> Any:
    """Add the pages of the reference to the list of pages."""
    (library,) = [entry for entry in config.nav if "reference/index.md" in next(iter(entry.values()))]
    next(iter(library.values())).extend(place for place in reference() if place != "reference/index.md")
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead the links of a page that the project's files hold."""
    place = page.file.src_uri
    if place.startswith("reference/"):
        return markdown
    return moved(place.removeprefix("project/") if place.startswith("project/") else f"docs/{place}", markdown)


def whole(html: str) -> str:
    """Return a page whose words of code with a hyphen are marked: a line may not end within them (``names.css``).

    >>> whole("<code>geo site --address URL</code> and <pre><code>a-b</code></pre>")
    '<code>geo site <span class="whole">--address</span> URL</code> and <pre><code>a-b</code></pre>'
    """

    def marked(match: re.Match[str]) -> str:
        code = match[0]
        return code if code.startswith("<pre") else HYPHENED.sub(r'<span class="whole">\g<0></span>', code)

    return CODE.sub(marked, html)


def jointed(html: str) -> str:
    """Return a page whose long names in headings may break after a dot or a slash, and so not within a word.

    >>> jointed("<h2>geo.crs.geodesic_length_km</h2> <p>geo.crs.geodesic_length_km</p>")
    '<h2>geo.<wbr>crs.<wbr>geodesic_length_km</h2> <p>geo.crs.geodesic_length_km</p>'
    """

    def loosened(text: re.Match[str]) -> str:
        return LONG_NAME.sub(lambda name: JOINT.sub(r"\g<0><wbr>", name[0]), text[0])

    return HEADING.sub(lambda heading: BETWEEN_TAGS.sub(loosened, heading[0]), html)


def on_page_content(html: str, **_: Any) -> str:
    """Keep the words of code in one piece."""
    return jointed(whole(html))
