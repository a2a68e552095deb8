"""The command line ``geo``: finds the verb's module in ``geo.commands``, reports errors in one clear form."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from geo.errors import GeoError, distribution

__all__ = ["VERBS", "main"]

#: Verb → what it does; each is a module of ``geo.commands`` with ``arguments(parser)`` and ``run(args) -> int``.
VERBS = {
    "basemap": "derive a city's districts, water, metro and roads from an OpenStreetMap extract",
    "build": "build the layers from the seeds, or check that they are up to date",
    "places": "list places",
    "export": "write files for GIS tools: GeoPackage, shapefile, DXF, KML, PostGIS, ...",
    "assign": "find the district, township and places of every row of a table",
    "report": "write one HTML file that opens with the network off, or a figure: PNG, SVG, PDF",
    "show": "show one place: boundary, measures, sources",
    "app": "start the web app",
}


def _parser(verb: str | None) -> argparse.ArgumentParser:
    """Return the parser; only the module of `verb` is imported, so that each command starts fast."""
    parser = argparse.ArgumentParser(
        prog="geo",
        description="The map of a city's industry layout: where, how big, what is there, says who.",
        epilog="`geo VERB --help` explains each; errors go to stderr with exit code 2.",
    )
    shown = _version() if verb is None else ""  # asking for it takes as long as a short command
    parser.add_argument("--version", action="version", version=f"geo {shown}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, summary in VERBS.items():
        own = verbs.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == verb:
            module = importlib.import_module(f"geo.commands.{name}")
            own.description = module.HELP
            module.arguments(own)
            own.set_defaults(run=module.run)
    return parser


def _version() -> str:
    try:
        return metadata.version(distribution())
    except metadata.PackageNotFoundError:
        return "unknown"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 done, 2 an error (one clear text on stderr), 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    verb = next((word for word in given if word in VERBS), None)
    for stream in (sys.stdout, sys.stderr):
        # A console in another code page must not turn 中文 into an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding="utf-8")
    try:
        args = _parser(verb).parse_args(given)
        return int(args.run(args))
    except GeoError as error:
        print(f"geo: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) has gone: not an error of ours. Keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("geo: interrupted; nothing half-written is left", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
