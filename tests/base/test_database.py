"""The address of a database and what is said of it; with a server it is tried in ``tests/export/test_postgis.py``."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from geo.base.database import answers, connect, is_database, without_password
from geo.errors import OutputError


def test_which_output_is_a_database() -> None:
    assert is_database("postgresql://host/data")
    assert is_database("postgres://host/data")
    assert not is_database("postgresql/out.csv")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:hush@host:5433/data?password=hush&sslmode=require", "postgresql://me@host:5433/data"),
        ("postgresql://host/data?user=me&password=hush", "postgresql://host/data"),
        ("postgresql://me:h@ush@host/data", "postgresql://me@host/data"),
        ("postgresql://me:h/ush@host/data", "postgresql://me@host/data"),
        ("postgresql://me:h?ush@host/data", "postgresql://…"),
        ("postgresql://host/data?password=h@ush", "postgresql://…"),
        ("mysql://me:hush@host/data", "mysql://me@host/data"),
        ("out/a.csv", "out/a.csv"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    assert without_password(address) == shown


@pytest.mark.parametrize(
    "address",
    ["postgresql://me:hu%zzsh@127.0.0.1:1/data", "postgresql://127.0.0.1:1/data?passwort=hush", "postgresql://[hush"],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(OutputError, match="the address of the database cannot be read: write `postgresql") as refused:
        connect(address)
    assert "hu" not in str(refused.value).replace("the", "")
    assert "读不懂" in refused.value.translations["zh"]


def test_a_server_that_cannot_be_reached_is_told_in_both_languages() -> None:
    with pytest.raises(OutputError, match="the database has not changed: connection") as refused:
        connect("postgresql://me:hush@127.0.0.1:1/data?password=hush")
    assert "数据库未变" in refused.value.translations["zh"]
    assert not any("hush" in said for said in refused.value.translations.values())


class Silent:
    """A connection whose server has gone."""

    def rollback(self) -> None:
        raise psycopg.OperationalError("the connection is lost")


@pytest.mark.parametrize("connection", [None, Silent()])
def test_no_error_of_the_driver_gets_through(connection: Any) -> None:
    with pytest.raises(OutputError, match="has not changed"), answers(connection, "planning"):
        raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")
