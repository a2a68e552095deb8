"""Optional packages: what needs one that is missing says so, with the line that installs it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

import geo
from geo.base.messages import catalogue
from geo.base.optional import needs, package_folder
from geo.errors import MissingDependencyError


def test_the_message_names_what_was_asked_the_package_and_the_install_line() -> None:
    line = re.escape('a report needs sheep: pip install "shanghai-ai-map[farm]"')
    with pytest.raises(MissingDependencyError, match=f"^{line}$") as raised, needs("needs.report", "sheep", "farm"):
        import no_such_package  # noqa: F401
    assert isinstance(raised.value.__cause__, ModuleNotFoundError)
    with needs("needs.report", "sheep", "farm"):
        import json  # noqa: F401 - what is installed is imported


def test_without_a_name_the_missing_module_is_named() -> None:
    with pytest.raises(MissingDependencyError, match="needs no_such_package: "), needs("needs.report", "", "farm"):
        import no_such_package.inner  # noqa: F401


def test_the_outer_block_knows_what_was_asked_for() -> None:
    def inner() -> None:
        with needs("needs.report", "inner", "a"):
            import no_such_package  # noqa: F401

    with pytest.raises(MissingDependencyError, match="the app needs outer"), needs("needs.app", "outer", "b"):
        inner()
    with pytest.raises(MissingDependencyError, match="a report needs inner"), needs("needs.app", "", "b"):
        inner()


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), needs("needs.app", "b", "c"):
        raise ZeroDivisionError


def test_the_folder_of_a_package_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert package_folder("colorsys", "needs.app", "b", "c").is_dir()
    assert "colorsys" not in sys.modules
    for module in ("no_such_package", "no_such_package.inner"):
        with pytest.raises(MissingDependencyError, match=r"the app needs b: .*\[c\]"):
            package_folder(module, "needs.app", "b", "c")


def test_what_needs_a_package_is_said_in_both_languages() -> None:
    with pytest.raises(MissingDependencyError) as raised, needs("needs.reading_tables", "pyarrow", "tables"):
        import no_such_package
    command = 'pip install "shanghai-ai-map[tables]"'
    assert raised.value.translations["en"] == str(raised.value) == f"reading tables needs pyarrow: {command}"
    assert raised.value.translations["zh"] == f"读取表格需要 pyarrow：{command}"
    with pytest.raises(MissingDependencyError) as raised, needs("needs.format", "sheep", "farm", format="wool"):
        import no_such_package  # noqa: F401
    assert str(raised.value).startswith("the format wool needs sheep: ")
    assert raised.value.translations["zh"].startswith("格式 wool 需要 sheep：")


def test_every_task_that_needs_a_package_is_a_message_and_every_such_message_a_task() -> None:
    asked = {
        node.args[0 if node.func.id == "needs" else 1].value
        for path in Path(geo.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("needs", "package_folder")
    }
    assert asked == {one for one in catalogue() if one.startswith("needs.")}


def test_the_error_is_made_in_this_one_place() -> None:
    root = Path(geo.__file__).parent
    makers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and "MissingDependencyError" in (getattr(one, "id", "") for one in (node.func, *node.args[:1]))
    }
    assert makers == {"base/optional.py", "assign/parts.py"}  # the other knows what fsspec misses
