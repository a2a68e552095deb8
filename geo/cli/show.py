"""``geo show``: one place with its boundary, measures and sources."""

from __future__ import annotations

import argparse
import json
from typing import Any

from geo.analysis.labels import detail_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.cli.selecting import add_language, add_layers
from geo.render.values import figure_text

HELP = """Show one place: what it is, its boundary, its measures with date, scope and source.

PLACE_ID may also be a name or alias: geo show example_park"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("place", metavar="PLACE_ID", help="id, name or alias of the place")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_language(parser)
    add_layers(parser)


def run(args: argparse.Namespace) -> int:
    """Print the place."""
    atlas = Atlas.load(args.layers)
    profile = atlas.profile(args.place)
    if args.format == "json":
        print(json.dumps(profile, ensure_ascii=False, indent=1))
    else:
        _print_text(atlas, profile, args.language)
    return 0


def _print_text(atlas: Atlas, profile: dict[str, Any], language: str) -> None:
    place = profile["place"]
    print(f"{place[f'name_{language}']}  ({place['place_id']})")

    def line(message: str, value: Any) -> None:
        shown = value if value not in (None, "") else text("unknown", language)
        print(f"  {text(f'show.{message}', language)}: {shown}")

    line("kind", f"{atlas.rows('kinds')[place['kind']][f'name_{language}']} ({place['kind']})")
    line("since", place["since_edition"])
    line("status", text(f"web.status.{place['status']}", language))
    line("clusters", ", ".join(row[f"name_{language}"] for row in profile["clusters"]))
    line("districts", ", ".join(f"{row[f'name_{language}']} {row['share']:.0%}" for row in profile["districts"]))
    method = text(f"method.{place['method']}", language)
    line("boundary", f"{method}, ±{place['accuracy_m']} m")
    line("bounds", place["bounds_stated"])
    line("area", f"{place['area_km2']:.3f} km²")
    official = place["area_official_km2"]
    line("area_official", f"{official:g} km² ({place['area_ratio']:.1%})" if official else None)

    def figure(row: dict[str, Any]) -> str:
        topic = atlas.rows("measures")[row["measure_id"]]["topic"]
        return figure_text(row["value"], row.get("qualifier", "exact"), row[f"unit_{language}"], language, topic=topic)

    print(f"{text('show.measures', language)}:")
    for fact in profile["facts"]:
        mark = "*" if fact["headline"] else " "
        print(
            f" {mark} {fact[f'label_{language}']}: {figure(fact)} ({fact['as_of']}; {fact[f'scope_{language}']}) "
            f"[{fact['source_grade']}] {fact['source_title']}, {fact['source_publisher']}, {fact['source_published']}"
        )
    for row in profile["derived"]:
        detail = f" ({detail_text(atlas, row['detail'], language)})" if row["detail"] else ""
        print(f"   {row[f'label_{language}']}: {figure(row)}{detail}")
    print(f"{text('show.sources', language)}:")
    for source in profile["sources"]:
        parts = [source["title"], source["publisher"], source["number"], source["published"], source["url"]]
        print(f"   [{source['grade']}] {source['source_id']}: {', '.join(part for part in parts if part)}")
