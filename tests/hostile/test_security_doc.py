"""docs/security.md tells the limits that the program has."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from hostile_strings import LINES

from geo.tables import UPLOAD_LIMITS, Limits

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def number(cell: str) -> int | None:
    if cell == "–":
        return None
    return int(cell.removesuffix(" MiB").replace(",", "")) << (20 if cell.endswith("MiB") else 0)


def test_the_table_of_limits_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]*\| ([^|]+) \| ([^|]+) \|$", DOC, re.MULTILINE)
    assert [name for name, _, _ in rows] == list(asdict(Limits()))
    for name, command, upload in rows:
        assert number(upload) == getattr(UPLOAD_LIMITS, name), name
        assert number(command) == getattr(Limits(), name), name


def test_fuzzing_is_described_as_it_is() -> None:
    assert "GEO_FUZZ_SECONDS:-3600" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make fuzz" in DOC


def test_the_table_of_strings_has_every_kind() -> None:
    words = "".join(LINES.values())
    for kind in ("<img", "</script>", "{{", "{%", "`", "${", '"', "'", "\u202e", "=cmd|", "../", "DROP TABLE"):
        assert kind in words
    assert max(map(len, LINES.values())) == 100_000
