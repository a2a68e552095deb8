"""Which tests are slow: they drive a browser, a server or another program, or try very much."""

from __future__ import annotations

#: What `make check` leaves out: folders, modules and tests, as their ids begin, and the fixtures that make a test slow.
SLOW = (
    "tests/browser/",
    "tests/deploy/",
    "tests/faults/",
    "tests/hostile/",
    "tests/api/ogc/test_abstract.py",
    "tests/api/ogc/test_clients.py",
    "tests/assign/test_cluster.py",
    "tests/export/test_api.py",
    "tests/export/test_bundle.py",
    "tests/export/test_preview.py",
    "tests/export/test_qgis.py",
    "tests/export/test_round_trip.py",
    "tests/osm/test_derive.py",
    "tests/render/figure/",
    "tests/tables/test_datum.py",
    "tests/tables/test_datum_runs.py",
    "tests/test_architecture.py",
    "tests/test_docs.py",
    "tests/test_examples.py",
    "tests/test_library.py::test_a_callers_script_passes_a_strict_type_check",
    "tests/test_project.py::test_wheel_holds_library_and_layers",
)
SLOW_FIXTURES = {"browser", "postgis_url"}
