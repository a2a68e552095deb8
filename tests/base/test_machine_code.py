"""Functions kept as machine code: the same answers as in Python, loaded without the compiler, and only if whole."""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from geo.base import machine_code
from geo.base.machine_code import MachineCode

FACTOR = 3


def twice(value):
    return 2.0 * value


def weigh(values, weights, count, scale, out):
    """Fill `out`, return how many are above 1."""
    above = 0
    for at in range(count):
        out[at] = twice(values[at]) * weights[at] * scale * FACTOR
        if out[at] > 1.0:
            above += 1
    return above


SIGNATURE = "f8* i4* i8 f8 f8*"
VALUES, WEIGHTS = np.array([0.5, -1.0, 0.01, 4.0]), np.array([1, 2, 3, -4], np.int32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path / "geo-compiled"


def made():
    return MachineCode(weigh, SIGNATURE, inner=(twice,))


def check(code):
    out, expected = np.zeros(4), np.zeros(4)
    assert code(VALUES, WEIGHTS, 4, 0.5, out) == weigh(VALUES, WEIGHTS, 4, 0.5, expected)
    assert (out == expected).all()
    assert (out != 0).all()


def test_what_is_compiled_answers_as_python_does(folder):
    check(made())
    assert [path.name.split(".")[0] for path in folder.iterdir()] == ["weigh"]


def test_a_later_run_needs_no_compiler(monkeypatch):
    check(made())
    monkeypatch.setitem(sys.modules, "numba", None)
    check(made())


def compiles(monkeypatch):
    """Return whether a run now compiles, and check what it answers."""
    seen, compiled = [], MachineCode._compiled
    with monkeypatch.context() as patch:
        patch.setattr(MachineCode, "_compiled", lambda self: seen.append(self) or compiled(self))
        check(made())
    return bool(seen)


@pytest.mark.parametrize("left", [0, 10, 40, 0.5], ids=str)
def test_what_was_cut_is_compiled_anew(folder, monkeypatch, left):
    assert compiles(monkeypatch)
    (path,) = folder.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left) if left < 1 else left])
    assert compiles(monkeypatch)
    assert not compiles(monkeypatch)


def test_what_was_changed_is_not_run(folder, monkeypatch):
    check(made())
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert compiles(monkeypatch)


def test_what_is_of_another_source_or_processor_is_not_run(folder, monkeypatch):
    """It lies under the hash of both, which its own hash covers."""
    check(made())
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    MachineCode(weigh, SIGNATURE, inner=(twice,), fastmath=frozenset({"contract"})).load()
    (other,) = set(folder.iterdir()) - {path}
    path.write_bytes(other.read_bytes())
    assert compiles(monkeypatch)
    path.write_bytes(whole)
    assert not compiles(monkeypatch)


def test_without_code_and_compiler_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError):
        made().load()


def test_another_signature_or_liberty_is_other_code(folder):
    check(made())
    MachineCode(weigh, SIGNATURE, inner=(twice,), fastmath=frozenset({"contract"})).load()
    MachineCode(weigh, "f8* i8* i8 f8 f8*", inner=(twice,)).load()
    assert len(list(folder.iterdir())) == 3


def test_what_calls_outside_is_used_but_not_kept(folder, monkeypatch):
    """Whoever loads it later would not find what it calls."""
    monkeypatch.setattr(machine_code, "_extracted", lambda made, name, llvm: None)
    check(made())
    assert list(folder.iterdir()) == []


def test_what_another_release_names_otherwise_is_used_but_not_kept(folder, monkeypatch):
    extracted = machine_code._extracted

    def renamed(made, name, llvm):
        other = SimpleNamespace(inspect_llvm=made.inspect_llvm, native_name="other")
        return extracted(other, name, llvm)

    monkeypatch.setattr(machine_code, "_extracted", renamed)
    check(made())
    assert list(folder.iterdir()) == []


def test_calls_outside_are_found(folder):
    def calls(values, count):
        return int(math.gamma(values[0])) + count  # which is in a library of numba

    code = MachineCode(calls, "f8* i8")
    assert code(np.array([5.0]), 7) == 31
    assert list(folder.iterdir()) == []


def test_an_error_is_not_taken_for_a_number():
    def divides(values, count):
        return count // int(values[0])

    code = MachineCode(divides, "f8* i8")
    assert code(np.array([2.0]), 7) == 3
    with pytest.raises(RuntimeError, match="failed"):
        code(np.array([0.0]), 7)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/proc/self")
    check(made())


@pytest.mark.parametrize(
    "values",
    [VALUES.astype(np.float32), VALUES[::2], VALUES.astype(">f8"), [0.5, 1.0], np.asfortranarray(np.ones((2, 2)))],
    ids=["type", "steps", "order", "list", "columns first"],
)
def test_an_array_that_it_would_misread_is_refused(values):
    with pytest.raises(TypeError, match="contiguous"):
        made()(values, WEIGHTS, 2, 0.5, np.zeros(4))
    with pytest.raises(ValueError, match="argument"):
        made()(VALUES)
