"""A source that nothing cites is a problem of the seeds; every way of citing one counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.build import build
from geo.errors import DataError
from geo.seeds.cited import check_cited
from geo.seeds.read import read_seeds

ZERO = {
    **{"source_id": "zero", "title": "Zero", "publisher": "Tiny council", "published": "2024"},
    **{"kind": "plan", "grade": "C", "licence": "facts-only"},
}


def test_a_source_that_nothing_names_is_told_with_its_row(seeds: Path) -> None:
    tiny_city.add(seeds, "sources", [ZERO])
    with pytest.raises(DataError) as caught:
        build(seeds, seeds.parent / "layers")
    (problem,) = caught.value.problems
    assert problem.startswith("sources.csv:5: source_id 'zero' is cited by nothing")


def test_other_problems_come_first(seeds: Path) -> None:
    """A table that cannot be read cites nothing: then nothing is said of sources."""
    tiny_city.add(seeds, "sources", [ZERO | {"grade": "Z"}])
    with pytest.raises(DataError) as caught:
        build(seeds, seeds.parent / "layers")
    assert not any("cited by nothing" in problem for problem in caught.value.problems)


def test_tables_and_what_is_drawn_cite(seeds: Path) -> None:
    rows = dict(read_seeds(seeds).rows)
    assert check_cited(rows, ()) == []
    rows |= {name: [] for name in rows if name not in ("sources", "facts")}
    assert {row["source_id"] for row in rows["facts"]} == {"blog", "plan", "press"}
    rows["facts"] = [row for row in rows["facts"] if row["source_id"] == "plan"]
    assert [problem.split("'")[1] for problem in check_cited(rows, ["press"])] == ["blog"]
