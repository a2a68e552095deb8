"""``geo diff``: what changed between two published data sets."""

from __future__ import annotations

import argparse
import json
import sys

from geo.cli.selecting import add_language

EXAMPLES = {
    "geo diff old/layers layers": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--format", choices=("text", "json", "atom"), default="text")
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """Print the changes."""
    from geo.analysis.diff import Published, diff
    from geo.analysis.diff_words import diff_atom, diff_json, diff_text

    old, new = Published.of(args.old), Published.of(args.new)
    found = diff(old, new)
    if args.format == "json":
        print(json.dumps(diff_json(found), ensure_ascii=False, indent=1))
    elif args.format == "atom":
        sys.stdout.write(diff_atom(found, new.titles()).decode("utf-8"))
    else:
        sys.stdout.write(diff_text(found, args.language))
    return 0
