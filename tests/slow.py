"""Which tests are slow: they drive a browser, a server or another program, or try very much."""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any

#: What `make check` leaves out: folders, modules and tests, as their ids begin, and the fixtures that make a test slow.
SLOW = (
    "tests/browser/",
    "tests/deploy/",
    "tests/faults/",
    "tests/hostile/",
    "tests/analysis/user_data/test_address_fallback.py",
    "tests/analysis/test_compare.py::test_a_map_and_the_rank_page_judge_the_same_places",
    "tests/analysis/test_diff.py",
    "tests/analysis/user_data/test_own_counts.py",
    "tests/analysis/user_data/test_user_areas.py",
    "tests/analysis/user_data/test_user_table.py",
    "tests/api/ogc/test_abstract.py",
    "tests/api/ogc/test_clients.py",
    "tests/api/test_data.py",
    "tests/api/test_mcp.py",
    "tests/assign/test_cluster.py",
    "tests/assign/test_lookup.py",
    "tests/base/test_confined.py",
    "tests/base/test_optional.py",
    "tests/cli/",
    "tests/crs/test_foreign.py",
    "tests/export/test_api.py",
    "tests/export/test_bundle.py",
    "tests/export/test_contents.py",
    "tests/export/test_dxf.py",
    "tests/export/test_dxf_sheet.py",
    "tests/export/test_office.py",
    "tests/export/test_preview.py",
    "tests/export/test_qgis.py",
    "tests/export/test_qgz.py",
    "tests/export/test_round_trip.py",
    "tests/export/test_xlsx.py",
    "tests/osm/",
    "tests/render/atlas/",
    "tests/render/figure/",
    "tests/render/report/test_page.py",
    "tests/render/test_notebook.py",
    "tests/tables/test_datum.py",
    "tests/tables/test_datum_runs.py",
    "tests/tables/test_packed.py",
    "tests/tables/test_parquet_sizes.py",
    "tests/tables/test_reader.py",
    "tests/test_architecture.py::test_bare_import",
    "tests/test_architecture.py::test_help",
    "tests/test_architecture.py::test_library_alone",
    "tests/test_architecture.py::test_missing_group",
    "tests/test_docs.py",
    "tests/test_examples.py",
    "tests/test_guides.py",
    "tests/test_library.py",
    "tests/test_one_answer.py",
    "tests/test_one_answer_files.py",
    "tests/test_project.py::test_wheel_holds_library_and_layers",
    "tests/web/pages/",
    "tests/web/server/test_assistants.py",
    "tests/web/server/test_connections.py",
    "tests/web/server/test_guarded.py",
)
SLOW_FIXTURES = {"browser", "postgis_url"}
#: Functions that start another program (`tests/export/clients.py`): a test that calls one, itself or through functions
#: of its module, needs what `make programs` installs.
PROGRAMS = {"ogr", "ogrinfo"}


def starts_a_program(function: Any) -> bool:
    """Return whether a test calls one of `PROGRAMS`, itself or through functions of its module."""
    if not isinstance(function, FunctionType):
        return False
    seen, waiting = {function}, [function]
    while waiting:
        one = waiting.pop()
        names = _names(one.__code__)
        if names & PROGRAMS:
            return True
        called = {one.__globals__[name] for name in names if isinstance(one.__globals__.get(name), FunctionType)}
        near = {other for other in called if other.__module__ == function.__module__}
        waiting += near - seen
        seen |= near
    return False


def _names(code: CodeType) -> set[str]:
    """Return the global names that a function asks for, the functions within it too."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*map(_names, inner))
