"""``geo site``: the whole map as static pages for any web host."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from geo.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.files import beside, remove, replace_folder, unwritable
from geo.base.messages import text
from geo.base.paths import Paths
from geo.base.told import told
from geo.cli.selecting import add_language, add_layers
from geo.contract.datapackage import PACKAGE, package_bytes
from geo.errors import OutputError, UsageError

EXAMPLES = {
    "geo site public/": "any",
    "geo site public/ --address https://example.org/ai-map": "address",
}

#: A folder that contains this file is a site, and may be replaced.
_MARK = "catalog.jsonld"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--address", metavar="URL")
    parser.add_argument("--overwrite", action="store_true")
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    return Paths([args.layers or default_layers()], [args.out], overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Write the site and print its folder; the number of files and bytes goes to stderr."""
    address = args.address or ""
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise told(UsageError, "wrong.address_site", given=address)
    target = Path(args.out)
    _check(target, overwrite=args.overwrite)
    atlas = Atlas.load(args.layers)
    staging, count, size = beside(target), 0, 0
    try:
        for path, content in _files(atlas, address):
            file = staging / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            count, size = count + 1, size + len(content)
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        replace_folder(staging, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        remove(staging)
    print(target)
    print(text("site.done", args.language, files=count, megabytes=f"{size / 1e6:.1f}"), file=sys.stderr)
    return 0


def _check(target: Path, *, overwrite: bool) -> None:
    """Raise `OutputError` unless the folder is new, empty, or a site that may be replaced."""
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not (target / _MARK).is_file():
        raise told(OutputError, "site.other_files", path=target)
    if not overwrite:
        raise told(OutputError, "path.exists", path=target)


def _files(atlas: Atlas, address: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file, data first: the page of downloads states their sizes."""
    from geo.api.files import WHOLE, data_files
    from geo.render.site.pages import site_files

    sizes = {}
    for path, content in data_files(atlas):
        if path in WHOLE or path.startswith("features/"):  # files of one measure or place are listed on its own page
            sizes[path] = len(content)
        yield path, content
    published = {PACKAGE: package_bytes(atlas.package)}
    published |= {resource["path"]: atlas.file(resource["path"]) or b"" for resource in atlas.package["resources"]}
    for path, content in published.items():
        sizes[f"layers/{path}"] = len(content)
        yield f"layers/{path}", content
    yield from site_files(atlas, sizes, address)
