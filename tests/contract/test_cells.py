"""What a cell may hold, type by type."""

from __future__ import annotations

import pytest

from geo.contract.cells import check_cell, is_number
from geo.contract.schema import table, tables


def test_every_type_of_the_contract_is_checked() -> None:
    wrong = {"id": "A b", "integer": "1.5", "number": "1e5", "boolean": "TRUE", "period": "20", "enum": "?",
             "list": "a;;b", "colour": "#12", "url": "ftp://x", "text": "tab\there"}  # fmt: skip
    by_type = {column.type: column for t in tables().values() for column in t.columns}
    assert set(by_type) == set(wrong)
    for kind, value in wrong.items():
        assert check_cell(by_type[kind], value), kind
    assert check_cell(table("facts").column("value"), "0.5") is None


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("list", "a;b", None),
        ("list", "a;b;a", "it names an item twice"),
        ("list", "a; b", "separate items by ; without spaces"),
        ("id", "a-1_b", None),
        ("id", "-a", "an id is lower-case ASCII"),
        ("number", "-0.50", None),
        ("number", ".5", "write a number with a dot"),
        ("integer", "-3", None),
        ("integer", "03", "write a whole number"),
        ("integer", "-1" + "0" * 15, "at most 15 digits"),
        ("number", "1" + "0" * 309, "larger than any number"),
        ("boolean", "false", None),
        ("colour", "#a0B1c2", None),
        ("colour", "#a0B1c", "write a colour as #RRGGBB"),
        ("url", "https://example.org/a?b", None),
        ("url", 'https://example.org/"', "write an http:// or https:// address"),
        ("period", "2020-02-30", "is no date of the calendar"),
        ("period", "unknown", None),
        ("text", "a b", None),
        ("text", "a ", "has space around it"),
        ("text", "a\u2028b", "has a control or replacement character"),
    ],
)
def test_what_a_cell_of_each_type_may_hold(kind: str, value: str, problem: str | None) -> None:
    column = next(column for t in tables().values() for column in t.columns if column.type == kind)
    found = check_cell(column, value)
    assert found is None if problem is None else problem in (found or "")


def test_an_empty_cell_is_wrong_only_where_one_is_needed() -> None:
    assert check_cell(table("facts").column("note_zh"), "") is None
    assert "is empty but required" in (check_cell(table("facts").column("value"), "") or "")


def test_a_number_is_as_the_contract_writes_it() -> None:
    assert all(map(is_number, ("0", "-1.50", "10")))
    assert not any(map(is_number, ("", "01", ".5", "1e3", "1,000", "٣")))
