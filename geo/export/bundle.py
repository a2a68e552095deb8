"""The bundle: every file format, the dictionary, styles, licence, hashes and a data package, in one zip."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from geo.contract.datapackage import describe, digest_of
from geo.export.contents import rows_of
from geo.export.csvfile import write_rows
from geo.export.data_dictionary import HEAD, dictionary_rows, markdown
from geo.export.job import Job
from geo.export.metadata import iso19115, readme
from geo.export.registry import Format, formats, resolve_crs
from geo.export.styles import qml, sld

__all__ = ["write"]

_SUMS = "SHA256SUMS"
_PACKAGE = "datapackage.json"


def write(job: Job, folder: Path) -> None:
    """Write every format to a folder of its name, and the explanatory files beside them.

    The requested CRS is used in the formats that can store it; the others are in WGS 84, and DXF is in metres.
    """
    parts = [e for e in formats().values() if e.output != "database" and e.format != job.format.format]
    for entry in tqdm(parts, desc="geo export", disable=None, leave=False):
        own = folder / entry.format
        own.mkdir()
        entry.load_writer()(_part(job, entry), own)
    # The tables are written once, not in every folder.
    shutil.rmtree(folder / "shapefile" / "tables")
    (folder / "tables").mkdir()
    for name in job.contents.tables:
        (folder / "csv" / f"{name}.csv").rename(folder / "tables" / f"{name}.csv")
    _explain(job, folder)
    _write_package(job, folder)
    sums = "".join(f"{digest}  {path}\n" for path, digest in _digests(folder))
    _save(folder / _SUMS, sums)


def _part(job: Job, entry: Format) -> Job:
    metres = job.crs is not None and job.crs.is_projected and job.crs.axis_info[0].unit_name == "metre"
    keeps = entry.crs == "any" or (entry.crs == "projected" and metres)
    crs = job.crs if keeps else resolve_crs(entry, None, job.contents.meta)
    return replace(job, format=entry, crs=crs, per_layer=entry.layers == "one")


def _explain(job: Job, folder: Path) -> None:
    licence = job.contents.atlas.file("LICENSE")
    words = job.header()["licence"] + "\n" + job.header()["attribution"] + "\n"
    _save(folder / "LICENSE", licence.decode() if licence is not None else words)
    _save(folder / "README.txt", readme(job))
    _save(folder / "metadata.xml", iso19115(job))
    (folder / "dictionary").mkdir()
    _save(folder / "dictionary" / "data-dictionary.md", markdown(job.contents.atlas))
    write_rows(folder / "dictionary" / "data-dictionary.csv", HEAD, dictionary_rows(job.contents.atlas))
    (folder / "styles").mkdir()
    for layer in (job.contents.places, *job.layers):
        _save(folder / "styles" / f"{layer.name}.qml", qml(job.contents, layer))
        _save(folder / "styles" / f"{layer.name}.sld", sld(job.contents, layer))
    formats_head = ("folder", "name_zh", "name_en", "coordinates_zh", "coordinates_en", "caveat_zh", "caveat_en")
    rows = []
    for entry in formats().values():
        if (folder / entry.format).is_dir():
            part = _part(job, entry)
            words_of = (part.crs_text("zh"), part.crs_text("en"), entry.caveat_zh, entry.caveat_en)
            rows.append([entry.format, entry.name_zh, entry.name_en, *words_of])
    write_rows(folder / "formats.csv", formats_head, rows)


def _write_package(job: Job, folder: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    sources = [{name: cell or "" for name, cell in row.items()} for row in rows_of(job.contents.attributes("sources"))]
    package = json.loads(describe(job.contents.meta, sources, files))
    for resource in package["resources"]:
        if resource.get("type") != "table":
            # A shapefile is several files with the same stem, so the ending is part of the resource's name.
            resource["name"] = re.sub(r"[^a-z0-9._-]", "-", resource["path"].lower())
            # The format's name instead of the file ending, because tools would take a ``.parquet`` resource for a plain
            # table.
            if resource["format"] == "parquet":
                resource["format"] = "geoparquet"
    package["hash"] = digest_of(package)
    _save(folder / _PACKAGE, json.dumps(package, ensure_ascii=False, indent=1) + "\n")


def _digests(folder: Path) -> list[tuple[str, str]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(p.relative_to(folder).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths]


def _save(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
