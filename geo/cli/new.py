"""``geo new``: the seeds of a city without data yet, from five answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.base.told import told
from geo.cli.answers import box_of, country_of, day_of, numbers_of
from geo.cli.selecting import add_language
from geo.contract.box import Box, may_be_in_china
from geo.errors import CRSError, GeoError, UsageError

EXAMPLES = {
    "geo new 某市 -o mycity/seeds": "",
    "geo new Sampletown -o mycity/seeds --bbox 9.9,49.9,10.5,50.3 --crs EPSG:32632": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("city", metavar="CITY")
    parser.add_argument("-o", "--seeds", metavar="DIR", required=True)
    parser.add_argument("--name-zh", metavar="NAME")
    parser.add_argument("--name-en", metavar="NAME")
    parser.add_argument("--bbox", metavar="W,S,E,N")
    parser.add_argument("--country", metavar="CC")
    parser.add_argument("--crs", metavar="CRS")
    parser.add_argument("--centre", metavar="LON,LAT")
    parser.add_argument("--date", metavar="YYYY-MM-DD")
    add_language(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are written: single files of the seeds folder."""
    from geo.osm.seeds import file_names

    return Paths([], [], [Path(args.seeds) / name for name in file_names()])


def run(args: argparse.Namespace) -> int:
    """Ask for what is missing, write the seeds, and print the next steps."""
    from geo.osm.seeds import write_seeds
    from geo.osm.sketch import sketch

    folder = Path(args.seeds)
    if (folder / "atlas.toml").exists():
        raise told(UsageError, "new.taken", folder=folder)
    day = day_of(args.date, "--date") if args.date else date.today()

    def ask(words: str, given: str | None, default: str, check: Callable[[str], object]) -> str:
        return _answer(words, given, default, check, args.language)

    name_zh = ask("new.ask.name_zh", args.name_zh, args.city, str) or args.city
    name_en = ask("new.ask.name_en", args.name_en, args.city, str) or args.city
    bbox = box_of(ask("new.ask.bbox", args.bbox, "", lambda line: box_of(line, "--bbox")), "--bbox")
    country = country_of(args.country, "--country") if args.country else ""
    if not country and may_be_in_china(bbox):  # outside China the country changes nothing
        country = ask("new.ask.country", None, "", lambda line: country_of(line, "--country")).upper()
    zone = "" if args.crs else _zone(bbox)

    def try_crs(line: str) -> object:
        return sketch(name_zh, name_en, bbox, line)

    def centre_of(line: str) -> list[float]:
        return numbers_of(line, "--centre")

    crs = ask("new.ask.crs", args.crs, zone, try_crs) or zone
    middle = f"{(bbox[0] + bbox[2]) / 2:.4f},{(bbox[1] + bbox[3]) / 2:.4f}"
    centre = ask("new.ask.centre", args.centre, middle, lambda at: sketch(name_zh, name_en, bbox, crs, centre_of(at)))
    stated = centre_of(centre) if centre else None  # an unstated centre is not labelled as the city's centre
    for name in write_seeds(sketch(name_zh, name_en, bbox, crs, stated, country), folder, day=day):
        print(folder / name)
    words = text("new.next", args.language, folder=folder, layers=folder.parent / "layers")
    print(printable(words), file=sys.stderr)
    return 0


def _zone(bbox: Box) -> str:
    """Return the UTM zone of a box; "" near a pole, where the user must name another CRS."""
    from geo.crs.registry import utm_zone

    try:
        return utm_zone(bbox)
    except CRSError:
        return ""


def _answer(words: str, given: str | None, default: str, check: Callable[[str], object], language: str) -> str:
    """Return the value of an option, otherwise the answer typed on the terminal; "" means the default.

    `check` raises on a wrong answer; without a default an answer is required.
    """
    question = told(UsageError, words)
    asked = given is None and sys.stdin.isatty()
    while True:
        try:
            shown = printable(f"{question.translations[language]}{f' [{default}]' if default else ''}: ")
            line = (input(shown) if asked else given or "").strip()
        except EOFError:
            line, default, asked = "", "", False  # Ctrl-D, or the end of piped input
        try:
            if line:
                check(line)
            if line or default:
                return line
        except GeoError as error:
            if not asked:
                raise
            print(printable(error.in_language(language)), file=sys.stderr)
        if not asked:
            raise told(UsageError, "new.no_answer", question=question)
