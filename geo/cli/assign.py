"""``geo assign``: the district, township and places of each row of a user's table."""

from __future__ import annotations

import argparse
import contextlib
import glob
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from geo.analysis.user_data.address_fallback import NoPoints, fallback
from geo.analysis.user_data.sheets_behind import tally_lines
from geo.analysis.user_data.user_table import datum_evidence, rounding_of, stated_in
from geo.assign.join import AREAS, Tally, column_names
from geo.assign.stream import joined_schema, stream
from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.database import is_database, without_password
from geo.base.files import beside, put_file, remove, scratch_folder, sweep, unwritable
from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.base.told import told
from geo.cli.handing_on import (
    add_table,
    check_areas,
    check_counts,
    check_output,
    code_words,
    hand_on,
    joiner_for,
    output_of,
    types_of,
)
from geo.cli.reading import add_reading
from geo.cli.selecting import add_language, add_layers
from geo.crs.datums import DATUMS
from geo.errors import OutputError, UsageError
from geo.tables import DatumEvidence, TableReader, memory_bound, open_apart, open_table
from geo.tables.columns import NO_COORDINATES
from geo.tables.formats import FORMATS
from geo.tables.marks import malformed_texts

#: How long memory that nobody has is kept for whoever wants it next.
_KEPT_MS = 3000

EXAMPLES = {
    "geo assign companies.csv -o companies.parquet": "",
    "geo assign 企业.xlsx -o joined.csv --lon 经度 --lat 纬度 --datum gcj02": "",
    "geo assign 'data/*.parquet' -o joined/ --scheduler local": "",
    "geo assign firms.csv -o postgresql://me@host/data --table planning.firms": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "input",
        metavar="IN",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        required=True,
    )
    parser.add_argument("--datum", choices=("auto", *DATUMS), default="auto")
    parser.add_argument(
        "--areas",
        metavar="A",
        default="all",
    )
    parser.add_argument("--area-id", metavar="C")
    parser.add_argument("--area-name", metavar="C")
    parser.add_argument("--areas-datum", choices=DATUMS)
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument(
        "--raw-text",
        action="store_true",
    )
    parser.add_argument("--report", metavar="FILE")
    parser.add_argument("--counts", metavar="FILE")
    parser.add_argument("--set-aside", metavar="FILE")
    parser.add_argument(
        "--predicate",
        choices=("intersects", "contains"),
        default="intersects",
    )
    parser.add_argument("--scheduler", metavar="ADDR")
    group = add_reading(parser)
    group.add_argument("--lon", metavar="C")
    group.add_argument("--lat", metavar="C")
    group.add_argument("--point", metavar="C")
    group.add_argument("--geometry", metavar="C")
    group.add_argument("--crs", metavar="CRS")
    group.add_argument("--format", choices=FORMATS, metavar="F")
    group.add_argument("--decimal", choices=(".", ","))
    add_table(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    asked = [path for path in (args.output, args.report, args.set_aside, args.counts) if path]
    work = [f"{args.output.rstrip('/')}.staging"] if args.scheduler else []
    several = glob.glob(args.input, recursive=True)  # noqa: PTH207 - a pattern as the user wrote it
    areas = [] if args.areas in AREAS else [args.areas]
    inputs = [args.input, *several, *areas, args.layers or default_layers()]
    return Paths(inputs, asked, work, overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Join the table and print what was done."""
    for wanted in (args.report, args.set_aside, args.counts):
        if wanted and not Path(wanted).absolute().parent.is_dir():
            raise told(OutputError, "wrong.no_folder_for", path=wanted)
    if args.scheduler and args.set_aside:
        raise told(UsageError, "wrong.cluster_set_aside")
    if args.scheduler and args.counts:
        raise told(UsageError, "wrong.cluster_counts")
    if args.scheduler and is_database(args.output):
        raise told(UsageError, "wrong.cluster_database")
    if args.scheduler and (args.table or args.raw_text):
        raise told(UsageError, "wrong.cluster_parquet", option="--table" if args.table else "--raw-text")
    if args.counts:
        check_counts(args.counts)
    check_areas(args)
    _take_memory_by_jemalloc()
    started = time.perf_counter()
    if args.scheduler:
        _on_cluster(args)
    else:
        _here(args)
    _say("time", args, seconds=f"{time.perf_counter() - started:.1f}", output=without_password(args.output))
    return 0


def _take_memory_by_jemalloc() -> None:
    """Let Arrow, where it can, hold less memory and ask the system for it less often than its usual way does.

    What a row group has left is taken for the next; given back at once, the system would have to clear it anew.
    """
    import pyarrow as pa

    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
        with contextlib.suppress(NotImplementedError):
            pa.set_memory_pool(pa.jemalloc_memory_pool())
            pa.jemalloc_set_decay_ms(_KEPT_MS)


def _here(args: argparse.Namespace) -> None:
    if "://" in args.input or any(c in args.input for c in "*?["):
        raise told(UsageError, "wrong.cluster_needed", given=args.input)
    check_output(args)
    atlas = Atlas.load(args.layers)
    with memory_bound(), open_apart(args.input, **_reading(args, atlas)) as table:
        asked = table.report.question
        by_address = bool(asked and asked.id == NO_COORDINATES and table.report.columns_with_role("address"))
        if not by_address:
            table.require_points()
        elif args.set_aside:
            raise told(UsageError, "wrong.set_aside_addresses")
        else:  # what it asks is answered
            table.report.question = None
        datum, evidence = ("wgs84", None) if by_address else _datum(args, atlas, table)
        joiner = joiner_for(args, atlas, datum)
        fill = fallback(table, atlas, joiner)
        points = (lambda batch: NoPoints(batch.num_rows, malformed_texts(batch))) if by_address else table.points
        types = types_of(table, args.output)
        with output_of(args, types.schema(joined_schema(table.schema))) as write:
            renamed = column_names(table.schema.names)
            write.numbers_in(renamed.get(name, name) for name in table.report.mixed)
            stated = None if by_address else stated_in(table, atlas, evidence)
            joiner.expect(table.rows)
            joiner.rounding_deg = 0.0 if by_address else rounding_of(table)
            dictionaries = write.dictionaries and fill is None
            batches = table.batches(dictionaries=dictionaries)
            tally = stream(
                batches,
                table.schema,
                points,
                joiner,
                lambda batch: write(types(batch)),
                stated,
                fill,
                dictionaries=dictionaries,
            )
            located = fill.locate.lines() if fill is not None and (by_address or fill.located) else []
            done = [*located, *tally_lines(tally, "" if by_address else datum, args.language)]
            read = [*_told(evidence, args), *table.report.lines(args.language)]
            hand_on(args, atlas, joiner, tally, write, [*done, *read])
            if args.set_aside:  # these are moved into place together with the output: if one fails, none appears
                table.write_set_aside(args.set_aside, hidden=write.also(Path(args.set_aside)))
            if args.report:
                report = _report(args, datum, evidence, table.report.to_dict(), tally)
                report["guarded_texts"] = write.guarded
                _write_json(write.also(Path(args.report)), report, args.report)
        _print([*table.report.lines(args.language), *done, *code_words(table, args.output, args.language)])
    if write.guarded:
        _say("guarded", args, count=write.guarded)


def _told(evidence: DatumEvidence | None, args: argparse.Namespace) -> list[str]:
    return [evidence.sentence(args.language), *evidence.lines(args.language)] if evidence else []


def _reading(args: argparse.Namespace, atlas: Atlas) -> dict[str, Any]:
    names = (
        "lon",
        "lat",
        "point",
        "geometry",
        "crs",
        "format",
        "encoding",
        "delimiter",
        "quote",
        "decimal",
        "header",
        "sheet",
        "layer",
    )
    return {
        **{name: getattr(args, name) for name in names},
        "bbox": tuple(atlas.meta["bbox"]),
        "metric_crs": atlas.meta["metric_crs"],
    }


def _datum(args: argparse.Namespace, atlas: Atlas, table: TableReader) -> tuple[str, DatumEvidence | None]:
    given = None if args.datum == "auto" else str(args.datum)
    if given is not None and not table.fits:
        return given, None
    evidence = datum_evidence(table, atlas, given)
    if evidence.datum is None:
        raise evidence.undecided("assign.datum.undecided", table.crs_question(evidence))
    _print([evidence.sentence(args.language)])
    return evidence.datum, evidence


def _on_cluster(args: argparse.Namespace) -> None:
    import pyarrow.parquet as pq

    from geo.assign.cluster import assign_on_cluster, head_table, list_inputs

    atlas = Atlas.load(args.layers)
    fs, files = list_inputs(args.input)
    with scratch_folder("head") as folder:
        head = Path(folder) / "head.parquet"
        pq.write_table(head_table(fs, files, 200_000), head)
        with open_table(head, **_reading(args, atlas), name=args.input) as table:
            coordinates = table.require_points()
            datum, evidence = _datum(args, atlas, table)
            reading = {"coordinates": table.report.to_dict()["coordinates"], "files": len(files)}
            rounding = rounding_of(table)
    joiner = joiner_for(args, atlas, datum)
    joiner.rounding_deg = rounding
    shown = [0.0]

    def progress(done: int, total: int) -> None:
        if done == total or time.monotonic() - shown[0] > 2:
            shown[0] = time.monotonic()
            _say("parts", args, done=done, total=total)

    result = assign_on_cluster(
        args.input, args.output, joiner, coordinates.points, args.scheduler, overwrite=args.overwrite, progress=progress
    )
    _print(tally_lines(result.tally, datum, args.language))
    if args.report:
        report = _report(args, datum, evidence, {**reading, "reasons": dict(result.notes)}, result.tally)
        _put_json(Path(args.report), report, overwrite=args.overwrite)


def _report(
    args: argparse.Namespace, datum: str, evidence: DatumEvidence | None, reading: dict[str, Any], tally: Tally
) -> dict[str, Any]:
    return {
        "input": args.input,
        "output": without_password(args.output),
        "areas": args.areas,
        "predicate": args.predicate,
        "datum": {
            "used": datum,
            "decided_by": "evidence" if evidence else "option",
            "evidence": evidence.to_dict() if evidence else None,
        },
        "reading": reading,
        "join": tally.to_dict(),
    }


def _say(message: str, args: argparse.Namespace, **values: object) -> None:
    _print([text(f"assign.report.{message}", args.language, **values)])


def _print(lines: list[str]) -> None:
    for line in lines:
        print(printable(line), file=sys.stderr)


def _write_json(path: Path, report: dict[str, Any], shown: str) -> None:
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(shown, error) from None


def _put_json(path: Path, report: dict[str, Any], *, overwrite: bool) -> None:
    sweep(path)
    part = beside(path)
    try:
        _write_json(part, report, str(path))
        put_file(part, path, overwrite=overwrite)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        remove(part)
