"""Table and column names that every database and GIS accepts: lower-case ASCII, no reserved words."""

from __future__ import annotations

import re

__all__ = ["RESERVED", "sql_name"]

#: Reserved words of SQLite, PostgreSQL and the ArcGIS geodatabase; `conflict` is left out, because none reserves it.
RESERVED = frozenset(
    # One text instead of a list, which would take 190 lines.
    """
    abort action add after all alter always analyse analyze and any array as asc asymmetric attach authorization
    autoincrement before begin between binary both by cascade case cast check collate collation column commit
    concurrently constraint create cross current current_catalog current_date current_role current_schema
    current_time current_timestamp current_user database default deferrable deferred delete desc detach distinct do drop
    each else end escape except exclude exclusive exists explain fail false fetch filter first following for foreign
    freeze from full generated glob grant group groups having if ignore ilike immediate in index indexed initially inner
    insert instead intersect into is isnull join key last lateral leading left like limit localtime localtimestamp match
    materialized natural no not nothing notnull null nulls of offset on only or order others outer over overlaps
    partition placing plan pragma preceding primary query raise range recursive references regexp reindex release rename
    replace restrict returning right rollback row rows savepoint select session_user set similar some symmetric table
    tablesample temp temporary then ties to trailing transaction trigger true unbounded union unique update user using
    vacuum values variadic verbose view virtual when where window with without
    """.split()  # noqa: SIM905
)


def sql_name(name: str) -> str:
    """Return an id as a valid name of a table or layer.

    Examples
    --------
    >>> sql_name("demo_park"), sql_name("Order"), sql_name("2-b.c")
    ('demo_park', 'order_layer', 'l_2_b_c')
    """
    word = re.sub("[^a-z0-9_]", "_", name.lower())
    if not word[:1].isalpha():
        word = f"l_{word}"
    return f"{word}_layer" if word in RESERVED else word
