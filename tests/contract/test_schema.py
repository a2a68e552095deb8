from __future__ import annotations

import pytest

from geo.contract.schema import BASEMAP_TABLES, KEYS, TYPES, table, tables
from geo.errors import UsageError


def test_every_table_has_its_key_among_its_columns() -> None:
    assert set(KEYS) == set(tables())
    for name, key in KEYS.items():
        assert set(key) <= set(table(name).names()), name


def test_every_column_is_fully_described() -> None:
    for name, found in tables().items():
        assert len(set(found.names())) == len(found.names()), name
        for column in found.columns:
            assert column.type in TYPES, column
            assert column.stage in ("seeds", "layers"), column
            assert (column.type == "enum") == bool(column.allowed), column
            for text in (column.label_zh, column.label_en, column.definition_zh, column.definition_en):
                assert text.strip(), column


def test_references_lead_to_keys() -> None:
    for found in tables().values():
        for column in found.columns:
            if column.references:
                target, _, field = column.references.partition(".")
                assert KEYS[target] == (field,), column


def test_one_name_has_one_type_everywhere() -> None:
    types: dict[str, set[str]] = {}
    for found in tables().values():
        for column in found.columns:
            types.setdefault(column.name, set()).add(column.type)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {
        "kind": {"id", "enum"},
        "topic": {"enum", "text"},  # of a measure; of a search, which may also name a measure or a policy item
    }


def test_basemap_roles_have_tables() -> None:
    assert set(BASEMAP_TABLES) == set(table("basemap").column("role").allowed)
    assert set(BASEMAP_TABLES.values()) <= set(tables())


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no table 'fact': did you mean facts"):
        table("fact")
    with pytest.raises(UsageError, match=r"table scopes: no column 'x': there are scope_id"):
        table("scopes").column("x")
