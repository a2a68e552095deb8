from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import shapely
from hostile import examples, expected, few, hostile
from psycopg import conninfo
from psycopg.rows import dict_row

from bench.serving import PATIENCE_S
from geo.assign.database import Database
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.cli.main import main
from geo.contract.schema import table
from geo.errors import MissingDependencyError, OutputError, UsageError
from geo.export import export
from geo.export.postgis import literal


@pytest.fixture
def connection(postgis_url: str):
    with psycopg.connect(postgis_url, autocommit=True) as opened:
        yield opened


def rows(connection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def dump(connection, schema: str) -> dict[str, list[tuple]]:
    names = rows(connection, f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1")
    return {name: rows(connection, f'SELECT * FROM {schema}."{name}" ORDER BY 1, 2') for (name,) in names}


def test_database_and_script_hold_the_same(tiny: Atlas, tmp_path: Path, postgis_url: str, connection) -> None:
    arguments = ["--layers", str(tiny.folder)]
    assert main(["export", postgis_url, "--schema", "loaded", *arguments]) == 0
    assert main(["export", str(tmp_path / "a.sql"), "--schema", "scripted", *arguments]) == 0
    psql = [shutil.which("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", tmp_path / "a.sql", postgis_url]
    assert subprocess.run(psql, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stderr == ""
    loaded = dump(connection, "loaded")
    assert loaded == dump(connection, "scripted")
    assert len(loaded["place_layer"]) == 3
    assert len(loaded["facts"]) == 5
    # Twice gives the same: nothing doubled, nothing left over.
    assert main(["export", postgis_url, "--schema", "loaded", *arguments]) == 0
    assert dump(connection, "loaded") == loaded


def test_geometry_keys_indexes_comments(tiny: Atlas, postgis_url: str, connection) -> None:
    export(tiny.select(), postgis_url, crs=32632, schema="projected")
    query = (
        "SELECT place_id, area_km2, ST_SRID(geom), GeometryType(geom), ST_IsValid(geom), "
        "ST_Area(ST_Transform(geom, 4326)::geography, true) / 1e6, ST_AsEWKB(ST_Transform(geom, 4326)) "
        "FROM projected.place_layer"
    )
    for place_id, area, srid, kind, valid, measured, encoded in rows(connection, query):
        assert (srid, kind, valid) == (32632, "MULTIPOLYGON", True)
        if tiny.places.at[place_id, "method"] == "schematic":
            assert area is None
        else:
            assert measured == pytest.approx(area, abs=1e-3)
        shape = shapely.from_wkb(encoded)
        ours = shapely.orient_polygons(tiny.places.geometry[place_id], exterior_cw=False)
        assert shapely.hausdorff_distance(shape, ours) < 1e-8
    indexes = rows(connection, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'projected'")
    assert sum("USING gist (geom)" in text for (text,) in indexes) == 2
    foreign = rows(
        connection,
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = 'projected'::regnamespace",
    )
    assert ("projected.facts", "projected.places") in foreign
    assert ("projected.facts", "projected.sources") in foreign
    missing = rows(
        connection,
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'projected'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
        "AND col_description(c.oid, a.attnum) IS NULL",
    )
    assert missing == []
    column = table("place_layer").column("area_km2")
    [(comment,)] = rows(
        connection,
        "SELECT col_description('projected.place_layer'::regclass, attnum) FROM pg_attribute "
        "WHERE attrelid = 'projected.place_layer'::regclass AND attname = 'area_km2'",
    )
    assert column.definition_zh in comment
    assert column.definition_en in comment
    [(about,)] = rows(connection, "SELECT obj_description('projected'::regnamespace)")
    for part in ("2024-06-30", "测试 · Test", "ODbL-1.0", "EPSG:32632"):
        assert part in about


def test_views_by_kind_and_another_selection(tiny: Atlas, postgis_url: str, connection) -> None:
    export(tiny.select(), postgis_url, schema="chosen")
    assert rows(connection, "SELECT place_id FROM chosen.node") == [("node_a",)]
    # A node without its belt: the key to the belt cannot hold and is left out, the value stays.
    export(tiny.select(Selection(kinds=("node",))), postgis_url, schema="chosen")
    assert rows(connection, "SELECT place_id, parent_id FROM chosen.place_layer") == [("node_a", "belt_a")]
    assert rows(connection, "SELECT count(*) FROM chosen.belt") == [(0,)]


def test_strangers_tables_are_not_touched(tiny: Atlas, postgis_url: str, connection) -> None:
    connection.execute("CREATE SCHEMA mine; CREATE TABLE mine.facts (x int); INSERT INTO mine.facts VALUES (7)")
    with pytest.raises(OutputError, match="schema mine holds tables of these names that no export wrote"):
        export(tiny.select(), postgis_url, schema="mine")
    assert rows(connection, "SELECT x FROM mine.facts") == [(7,)]
    assert rows(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'mine'") == [("facts",)]
    export(tiny.select(), postgis_url, schema="mine", overwrite=True)
    assert rows(connection, "SELECT count(*) FROM mine.facts") == [(5,)]


def test_a_view_of_the_user_stops_the_export_whole(tiny: Atlas, postgis_url: str, connection) -> None:
    export(tiny.select(), postgis_url, schema="used")
    connection.execute("CREATE VIEW public.mine AS SELECT place_id FROM used.place_layer")
    stopped = r"the database has not changed: cannot drop .* other objects depend .*view mine depends on"
    with pytest.raises(OutputError, match=stopped):
        export(tiny.select(Selection(kinds=("node",))), postgis_url, schema="used")
    assert rows(connection, "SELECT count(*) FROM public.mine") == [(3,)]


def test_the_owner_of_a_schema_who_may_make_none_can_export(tiny: Atlas, postgis_url: str, connection) -> None:
    connection.execute("CREATE ROLE planner LOGIN; CREATE SCHEMA given AUTHORIZATION planner")
    url = conninfo.make_conninfo(postgis_url, user="planner")
    parts = conninfo.conninfo_to_dict(url)
    address = f"postgresql://planner@/{parts['dbname']}?host={parts['host']}&port={parts['port']}"
    with pytest.raises(OutputError, match="permission denied for database"):
        export(tiny.select(), address, schema="another")
    export(tiny.select(), address, schema="given")
    assert rows(connection, "SELECT count(*) FROM given.place_layer") == [(3,)]
    assert "Tiny city" in rows(connection, "SELECT obj_description('given'::regnamespace)")[0][0]


def test_who_leaves_a_transaction_open_is_named(tiny: Atlas, postgis_url: str, connection, monkeypatch) -> None:
    monkeypatch.setattr("geo.base.database.TIMEOUT_S", 1)
    export(tiny.select(), postgis_url, schema="read")
    with psycopg.connect(postgis_url, application_name="a reader") as reader:
        reader.execute("SELECT count(*) FROM read.facts")
        with pytest.raises(OutputError, match=r"has not changed: its tables .* \(a reader, pid \d+\) after 1 s: end"):
            export(tiny.select(), postgis_url, schema="read")
    export(tiny.select(), postgis_url, schema="read")
    assert rows(connection, "SELECT count(*) FROM read.facts") == [(5,)]


def test_exports_wait_for_each_other_longer_than_for_a_reader(tiny: Atlas, postgis_url: str, connection, monkeypatch):
    export(tiny.select(), postgis_url, schema="both")
    [(mark,)] = rows(connection, "SELECT obj_description('both.facts'::regclass)")
    lock = f"hashtext({literal(mark[mark.index('[geo') :] + 'both')})"
    monkeypatch.setattr("geo.base.database.TIMEOUT_S", 1)
    with psycopg.connect(postgis_url) as other, ThreadPoolExecutor() as pool:
        other.execute(f"SELECT pg_advisory_xact_lock({lock})")
        waiting = pool.submit(export, tiny.select(), postgis_url, schema="both", overwrite=True)
        asked = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not connection.execute(asked).rowcount:
            assert not waiting.done(), waiting.exception()
        connection.execute("SELECT pg_sleep(1.5)")  # longer than a reader would be waited for
        other.rollback()
        assert waiting.result(PATIENCE_S).format == "postgis"


def test_qgis_finds_our_styles(tiny: Atlas, postgis_url: str, connection) -> None:
    for _ in range(2):
        export(tiny.select(), postgis_url, schema="drawn")
    found = rows(
        connection,
        "SELECT f_table_name, useasdefault, styleqml::text FROM public.layer_styles WHERE f_table_schema = 'drawn'",
    )
    assert sorted(name for name, *_ in found) == ["belt", "institutions", "node", "park", "place_layer"]
    assert all(default and "<renderer-v2" in style for _, default, style in found)


@pytest.mark.parametrize(
    "schema", ["Upper", "pg_mine", "a-b", "", 'x"; DROP SCHEMA y; --', "information_schema", "a" * 64]
)
def test_bad_schema_is_refused(tiny: Atlas, tmp_path: Path, schema: str) -> None:
    with pytest.raises(UsageError, match="use lower-case letters"):
        export(tiny.select(), tmp_path / "a.sql", schema=schema)


def test_unreachable_server_is_one_line_a_language_without_password(tiny: Atlas, capsys) -> None:
    url = "postgresql://geo:hunter2@127.0.0.1:1/db"
    assert main(["export", url, "--layers", str(tiny.folder)]) == 2
    error = capsys.readouterr().err
    assert "the database has not changed: connection" in error
    assert "hunter2" not in error
    assert "数据库未变" in error
    assert len(error.splitlines()) == 2


def test_missing_driver_names_the_install_line(tiny: Atlas, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(MissingDependencyError, match=r"pip install .*\[postgis\]"):
        export(tiny.select(), "postgresql://127.0.0.1/db")


@pytest.mark.parametrize(
    "value",
    ["it's", "a\\b", "line\nend\r\ttab", "'; DROP TABLE x; --", "$geo$", "\x01", "中文😀", "E'", "%s %", ":name", ""],
)
def test_literals_survive(connection, value: str) -> None:
    assert "\n" not in literal(value)
    assert connection.execute(f"SELECT {literal(value)}".encode()).fetchone() == (value,)


@examples
@few
def test_every_value_survives(tiny: Atlas, postgis_url: str, drawn) -> None:
    view = hostile(tiny, drawn)
    export(view, postgis_url, schema="hostile")
    with psycopg.connect(postgis_url, row_factory=dict_row) as reader:
        found = reader.execute("SELECT *, ST_AsBinary(geom) AS wkb FROM hostile.place_layer").fetchall()
    wanted = expected(view)
    assert {row["place_id"] for row in found} == set(wanted)
    for row in found:
        assert {name: row[name] for name in wanted[row["place_id"]]} == wanted[row["place_id"]]
        shape, ours = shapely.from_wkb(bytes(row["wkb"])), view.places.geometry[row["place_id"]]
        assert shapely.hausdorff_distance(shape, ours) == 0


def test_a_joined_table_is_there_whole_or_not_at_all(
    tiny: Atlas, tmp_path: Path, postgis_url: str, connection, capsys, monkeypatch
) -> None:
    """`geo assign -o postgresql://…`: types, points, an index; a second run is refused, or replaces."""
    table = tmp_path / "企业.csv"
    table.write_text("名称,员工,日期,lon,lat\n甲,12,2024-02-29,10.12,50.1\n乙\t\\N,7,2024-03-01,,\n", encoding="utf-8")
    report = tmp_path / "report.json"
    command = ["assign", str(table), "-o", postgis_url, "--datum", "wgs84", "--layers", str(tiny.folder)]
    command += ["--report", str(report), "--counts", str(tmp_path / "counts.csv")]
    assert main([*command, "--table", "planning.firms"]) == 0
    found = rows(
        connection, "SELECT 名称, 员工, 日期::text, ST_AsText(geom), ST_SRID(geom), district FROM planning.firms"
    )
    assert found == [
        ("甲", 12, "2024-02-29", "POINT(10.12 50.1)", 4326, found[0][5]),
        ("乙\t\\N", 7, "2024-03-01", None, None, None),
    ]
    assert found[0][5]
    said = (
        "SELECT col_description('planning.firms'::regclass, attnum) FROM pg_attribute WHERE attname = 'district' AND "
    )
    assert rows(connection, said + "attrelid = 'planning.firms'::regclass") == [("所在区 · district it lies in",)]
    kinds = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'planning' AND tablename = 'firms'"
    assert "USING gist" in rows(connection, kinds)[0][0]
    assert '"output": "postgresql://' in report.read_text(encoding="utf-8")
    assert (tmp_path / "counts.csv").exists()
    report.unlink()
    (tmp_path / "counts.csv").unlink()
    capsys.readouterr()
    assert main([*command, "--table", "planning.firms"]) == 2
    assert "planning.firms is there already: --overwrite" in capsys.readouterr().err
    assert not report.exists()
    assert main([*command, "--table", "planning.firms", "--overwrite"]) == 0
    assert rows(connection, "SELECT count(*) FROM planning.firms") == [(2,)]
    monkeypatch.setattr("geo.base.database.TIMEOUT_S", 1)
    with psycopg.connect(postgis_url, application_name="a reader") as reader:
        reader.execute("SELECT count(*) FROM planning.firms")
        assert main([*command, "--table", "planning.firms", "--overwrite"]) == 2
    assert "its tables were still in use by geo (a reader, pid " in capsys.readouterr().err
    # What comes with the table comes or stays with it: the files first, then the table, or neither.
    report.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Database, "close", broken)
    assert main([*command, "--table", "planning.others", "--overwrite"]) == 2
    assert report.read_text(encoding="utf-8") == "old"
    assert rows(connection, "SELECT to_regclass('planning.others')") == [(None,)]
    monkeypatch.undo()
    monkeypatch.setattr("geo.base.files.put_file", broken)
    assert main([*command, "--table", "planning.others", "--overwrite"]) == 2
    assert report.read_text(encoding="utf-8") == "old"
    assert rows(connection, "SELECT to_regclass('planning.others')") == [(None,)]


def broken(*_: object, **__: object) -> None:
    raise OutputError("broken")
