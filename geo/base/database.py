"""Database connections: addresses without passwords, connections with timeouts, errors in words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from geo.base.optional import needs
from geo.base.told import told
from geo.errors import OutputError

if TYPE_CHECKING:
    import psycopg

__all__ = ["TIMEOUT_S", "answers", "connect", "is_database", "without_password"]

#: Seconds to wait for a silent server, and for a table in use.
TIMEOUT_S = 10
_SCHEMES = ("postgresql://", "postgres://")
#: SQL for the holders of locks in a schema.
_HOLDERS = """
SELECT DISTINCT format('%%s (%%s, pid %%s)', a.usename, coalesce(nullif(a.application_name, ''), 'no name'), a.pid)
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_stat_activity a USING (pid) WHERE n.nspname = %s AND a.pid <> pg_backend_pid() ORDER BY 1
"""


def is_database(output: str) -> bool:
    """Return whether an output is a database address rather than a file."""
    return output.startswith(_SCHEMES)


def without_password(output: str) -> str:
    """Return an output for display: of a database address only user, host and database.

    Examples
    --------
    >>> without_password("postgresql://me:secret@host/data?password=x"), without_password("out.csv")
    ('postgresql://me@host/data', 'out.csv')
    """
    scheme, found, rest = output.partition("://")
    account, at, place = rest.rpartition("@")
    if not found:
        return output
    if "?" in account:  # an @ may belong to a password or an option: undecidable
        return f"{scheme}://…"
    return f"{scheme}://{account.partition(':')[0]}{at}{place.partition('?')[0]}"


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """Return a connection that waits `TIMEOUT_S` for tables in use, and for the server if the address says no other.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/database``, with any option of libpq.
    autocommit : bool
        Do not wrap the following statements in a transaction.

    Raises
    ------
    OutputError
        If the address is invalid, or the server cannot be reached.
    """
    with needs("needs.writing_database", "psycopg", "postgis"):
        import psycopg
    try:
        waits = "connect_timeout" in psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # the driver's text contains parts of the address
        raise told(OutputError, "database.address") from None
    with answers():
        address = url if waits else psycopg.conninfo.make_conninfo(url, connect_timeout=TIMEOUT_S)
        connection = psycopg.connect(address, autocommit=autocommit)
        connection.execute(f"SET lock_timeout = '{TIMEOUT_S}s'".encode())
    return connection


@contextlib.contextmanager
def answers(connection: psycopg.Connection[Any] | None = None, schema: str = "") -> Iterator[None]:
    """Convert driver errors to `OutputError`; if tables of `schema` are in use, name the users.

    Raises
    ------
    OutputError
        If the server refuses; nothing has changed then.
    """
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        if connection is not None and isinstance(error, psycopg.errors.LockNotAvailable):
            holders = _holders(connection, schema)
            raise told(OutputError, "database.in_use", seconds=TIMEOUT_S, holders=holders) from None
        said = [error.diag.message_primary or str(error), error.diag.message_detail or ""]
        words = ": ".join(" ".join(part.split()) for part in said if part)
        raise told(OutputError, "database.unchanged", why=words) from None


def _holders(connection: psycopg.Connection[Any], schema: str) -> str:
    """Return who uses tables of a schema, if the server still answers."""
    import psycopg

    try:
        connection.rollback()
        return ", ".join(row[0] for row in connection.execute(_HOLDERS, [schema])) or "?"
    except psycopg.Error:
        return "?"
