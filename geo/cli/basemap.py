"""``geo basemap``: an OpenStreetMap extract → the basemap seeds of a city."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.base.told import both, told
from geo.cli.answers import box_of, country_of, day_of
from geo.cli.selecting import add_language
from geo.contract.box import may_be_in_china
from geo.errors import UsageError

if TYPE_CHECKING:
    from geo.osm.districts import GivenDistricts

EXAMPLES = {
    "geo basemap region.osm.pbf -o seeds --city 某市 --code-tag ref": "",
    "geo basemap town.osm -o seeds --district-level 9 --bbox 9.9,49.9,10.5,50.3": "",
    "geo basemap centre.osm.pbf -o seeds --districts borders.zip --name-field NAME": "",
}

#: Layer of addresses → what is counted in it.
_ADDRESSES = {"roads": "named_roads", "house_numbers": "house_numbers"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("extract", metavar="FILE")
    parser.add_argument("-o", "--seeds", metavar="DIR", required=True)
    parser.add_argument(
        "--city",
        metavar="NAME",
    )
    parser.add_argument("--district-level", type=int, metavar="N")
    parser.add_argument("--code-tag", metavar="TAG")
    parser.add_argument("--districts", metavar="FILE")
    parser.add_argument("--name-field", metavar="F")
    parser.add_argument("--name-en-field", metavar="F")
    parser.add_argument("--id-field", metavar="F")
    parser.add_argument("--districts-publisher", metavar="TEXT")
    parser.add_argument("--districts-licence", metavar="SPDX")
    parser.add_argument("--bbox", metavar="W,S,E,N")
    parser.add_argument("--country", metavar="CC")
    parser.add_argument("--tolerance-m", type=float, default=20.0, metavar="M")
    parser.add_argument("--date", metavar="YYYY-MM-DD")
    parser.add_argument("--replace", action="store_true")
    add_language(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written: single files of the seeds folder."""
    from geo.osm.seeds import file_names

    read = [args.extract, *([args.districts] if args.districts else [])]
    return Paths(read, [], [Path(args.seeds) / name for name in file_names()])


def run(args: argparse.Namespace) -> int:
    """Derive and write the basemap, and print what was written, left out or merged."""
    from geo.osm.derive import derive
    from geo.osm.seeds import write_seeds

    bbox, districts = box_of(args.bbox, "--bbox") if args.bbox else None, _districts(args)
    given = day_of(args.date, "--date") if args.date else None
    country = country_of(args.country, "--country") if args.country else ""
    basemap = derive(
        args.extract,
        districts=districts,
        district_level=6 if args.district_level is None else args.district_level,
        code_tag=args.code_tag,
        city=args.city,
        bbox=bbox,
        tolerance_m=args.tolerance_m,
    )
    basemap.country = country or basemap.country
    if not basemap.country and may_be_in_china(basemap.bbox):
        basemap.notes.append(both("basemap.note.country"))
    day = given or datetime.fromtimestamp(Path(args.extract).stat().st_mtime, UTC).date()
    for name in write_seeds(basemap, args.seeds, day=day, replace=args.replace):
        print(Path(args.seeds) / name)
    for note in basemap.notes:
        _say(args, "basemap.note", note=note[args.language])
    written = [(layer.features, layer.layer_id) for layer in basemap.layers]
    written += [(features, _ADDRESSES[name]) for name, features in basemap.addresses.items()]
    counts = [text(f"basemap.count.{name}", args.language, count=len(features)) for features, name in written]
    _say(args, "basemap.counts", counts=text("list.comma", args.language).join(counts), seeds=args.seeds)
    return 0


def _say(args: argparse.Namespace, message: str, **values: object) -> None:
    print(printable(text(message, args.language, **values)), file=sys.stderr)


def _districts(args: argparse.Namespace) -> GivenDistricts | None:
    """Read the file of districts, if one is given."""
    of_file = ("name_field", "name_en_field", "id_field", "districts_publisher", "districts_licence")
    of_extract = ("district_level", "code_tag")
    if wrong := [name for name in (of_extract if args.districts else of_file) if getattr(args, name) is not None]:
        flag = f"--{wrong[0].replace('_', '-')}"
        raise told(UsageError, "wrong.districts_osm" if args.districts else "wrong.districts_file", option=flag)
    if not args.districts:
        return None
    if not args.name_field:
        raise told(UsageError, "wrong.districts_name")
    from geo.analysis.user_data.user_areas import read_areas
    from geo.osm.districts import GivenDistricts

    read = read_areas(
        args.districts,
        id_column=args.id_field or "",
        name_column=args.name_field,
        second_name_column=args.name_en_field or "",
    )
    if read.repaired:
        _say(args, "basemap.note", note=text("basemap.note.areas_crossed", args.language, count=read.repaired))
    return GivenDistricts(
        Path(args.districts).name,
        read.areas,
        read.names,
        read.second_names,
        bool(args.id_field),
        args.districts_publisher or "",
        args.districts_licence or "",
    )
