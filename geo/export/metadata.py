"""What an export says about itself: a readme in both languages, and an ISO 19115 record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.export.job import Job
from geo.messages import LANGUAGES, text

__all__ = ["credit", "readme"]


def credit(row: Mapping[Any, Any]) -> str:
    """Return a source in one line: title, publisher, number, date, address.

    Examples
    --------
    >>> credit({"title": "Plan", "publisher": "Council", "number": None, "published": "2020", "url": None})
    'Plan, Council, 2020'
    """
    parts = (row.get(name) for name in ("title", "publisher", "number", "published", "url"))
    return ", ".join(str(part) for part in parts if part)


def readme(job: Job) -> str:
    """Return what every export must say, in both languages: sources, licence, edition, date, CRS, caveats."""
    contents, meta = job.contents, job.contents.meta
    parts = []
    for language in LANGUAGES:

        def line(message: str, value: object, language: str = language) -> str:
            return f"{text(f'export.readme.{message}', language)}{value}"

        methods = contents.places.frame["method"].value_counts()
        lines = [
            meta[f"title_{language}"],
            "",
            line("format", getattr(job.format, f"name_{language}")),
            line("version", meta["version"]),
            line("data_date", meta["data_date"]),
            line("editions", ", ".join(contents.editions) or text("unknown", language)),
            line("crs", job.crs_text(language)),
            line("areas", ""),
            line("licence", f"{meta['geometry_licence']}; {meta['tables_licence']}"),
            line("attribution", meta[f"attribution_{language}"]),
            line("notice", meta[f"border_notice_{language}"]),
            line("caveat", getattr(job.format, f"caveat_{language}")),
            "",
            line("layers", ""),
            *(f"  {layer.name}: {layer.title(language)}, {len(layer.frame)}" for layer in job.layers),
            line("methods", ""),
            *(f"  {text(f'method.{method}', language)}: {count}" for method, count in sorted(methods.items())),
            line("boundaries", ""),
        ]
        parts.append("\n".join(lines))
    boundaries = "\n".join(
        f"  {row.place_id}: {row.method}, ±{row.accuracy_m} m, {row.boundary_source_id}"
        for row in contents.places.frame.itertuples()
    )
    sources = "\n".join(
        f"  [{row['grade']}] {row['source_id']}: {credit(row)}" for row in contents.tables["sources"].to_dict("records")
    )
    tail = f"{boundaries}\n\n{text('export.readme.sources', 'zh')} · {text('export.readme.sources', 'en')}\n{sources}\n"
    return "\n\n".join([*parts, tail])
