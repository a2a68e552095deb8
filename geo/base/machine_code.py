"""Functions that numba compiles, kept as machine code: later runs load a few kilobytes, and no compiler.

To import numba and let it load what it kept takes half a second, this takes twenty milliseconds. What is kept lies in a
folder of the user's own, under a hash: a file that was cut or changed is not run, but compiled anew.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib
import os
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from geo.base.files import beside, remove
from geo.base.private import private_folder

__all__ = ["MachineCode"]

#: Of the hash before the code, in bytes.
_HASH = 32
_C_TYPES: dict[str, Any] = {"f8": ctypes.c_double, "i8": ctypes.c_int64, "i4": ctypes.c_int32}


class MachineCode:
    """A function of numbers and arrays that returns an integer, compiled for this machine when it is first called.

    Parameters
    ----------
    function : callable
        What numba can compile and what cannot raise. Arrays come as pointers to their first cells: it sees them flat,
        and no index of it is checked.
    signature : str
        A type for each argument, as NumPy writes them, with ``*`` for an array: ``"f8* i8"``.
    inner : sequence of callable
        The functions that it calls.
    fastmath : set of str
        What the compiler may take liberties with, as numba names it.

    Notes
    -----
    A call lets other threads run. The first on a machine takes one or two seconds.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        signature: str,
        inner: Sequence[Callable[..., Any]] = (),
        fastmath: frozenset[str] = frozenset(),
    ) -> None:
        self._function, self._signature = function, tuple(signature.split())
        self._inner, self._fastmath = inner, fastmath
        self._lock = threading.Lock()
        self._call: Any = None
        self._alive: Any = None  # what the code lies in

    def load(self) -> None:
        """Load the code that was kept, or compile it.

        Raises
        ------
        ImportError
            If there is none and numba is not installed, or its llvmlite.
        """
        with self._lock:
            if self._call is None:
                self._load()

    def __call__(self, *arguments: Any) -> int:
        """Call the function; raise `TypeError` for an array of another type, or whose cells do not lie in a row."""
        if self._call is None:
            self.load()
        pairs = zip(self._signature, arguments, strict=True)
        return int(self._call(*(_passed(kind, value) for kind, value in pairs)))

    def _load(self) -> None:
        llvm: Any = importlib.import_module("llvmlite.binding")  # which has no types, as numba has the wrong ones
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        path = self._path(llvm)
        code = _read(path)
        if code is None:
            made = self._compiled()
            code = _extracted(made, self._function.__name__, llvm)
            if code is None:
                self._alive, self._call = made, self._prototype(ctypes.c_int64)(made.address)
                return
            _keep(path, code)
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        self._alive = engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        inner = self._prototype(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p)
        self._call = _returning(inner(engine.get_function_address(self._function.__name__)))

    def _prototype(self, result: Any, *first: Any) -> Any:
        kinds = [ctypes.c_void_p if kind.endswith("*") else _C_TYPES[kind] for kind in self._signature]
        return ctypes.CFUNCTYPE(result, *first, *kinds)

    def _path(self, llvm: Any) -> Path | None:
        """Return where the code is kept: by its source, the processor and the compiler."""
        folder = private_folder("compiled", os.environ.get("NUMBA_CACHE_DIR"))
        if folder is None:
            return None
        compiler = (
            llvm.llvm_version_info,
            llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten(),
        )
        state = hashlib.sha256(Path(self._function.__code__.co_filename).read_bytes())
        state.update(repr((self._signature, sorted(self._fastmath), *compiler)).encode())
        return folder / f"{self._function.__name__}.{state.hexdigest()[:16]}.code"

    def _compiled(self) -> Any:
        numba: Any = importlib.import_module("numba")
        inner = {one.__name__: numba.njit(forceinline=True, fastmath=set(self._fastmath))(one) for one in self._inner}
        code, name = self._function.__code__, self._function.__name__
        function = FunctionType(code, {**self._function.__globals__, **inner}, name)
        types: dict[str, Any] = {"f8": numba.float64, "i8": numba.int64, "i4": numba.int32}
        kinds = [
            numba.types.CPointer(types[kind[:-1]]) if kind.endswith("*") else types[kind] for kind in self._signature
        ]
        return numba.cfunc(numba.int64(*kinds), fastmath=set(self._fastmath))(function)


def _extracted(made: Any, name: str, llvm: Any) -> bytes | None:
    """Return the machine code of a compiled function without what numba puts around it.

    None if that is not all of it, or another release of numba names it otherwise.
    """
    module = llvm.parse_assembly(made.inspect_llvm())
    own = next((one for one in module.functions if one.name == made.native_name.removeprefix("cfunc.")), None)
    if own is None:
        return None
    for one in module.functions:
        if not one.is_declaration:
            one.linkage = "available_externally"  # which is not written
    own.linkage, own.name = "external", name
    called = set(re.findall(r'@"?([\w.$]+)', str(own)))
    elsewhere = {one.name for one in (*module.functions, *module.global_variables) if one.is_declaration}
    if any(not one.startswith("llvm.") for one in called & elsewhere):
        return None
    processor = {"cpu": llvm.get_host_cpu_name(), "features": llvm.get_host_cpu_features().flatten()}
    machine = llvm.Target.from_triple(module.triple).create_target_machine(**processor, opt=3, jit=True)
    return bytes(machine.emit_object(module))


def _returning(inner: Any) -> Callable[..., int]:
    """Return a function of numba's own convention, which has a place for its result and one for an error, as usual."""

    def call(*arguments: Any) -> int:
        result, error = ctypes.c_int64(), ctypes.c_void_p()
        if inner(ctypes.addressof(result), ctypes.addressof(error), *arguments):
            raise RuntimeError("compiled code failed, which is compiled only where it cannot")
        return result.value

    return call


def _passed(kind: str, value: Any) -> Any:
    if not kind.endswith("*"):
        return value
    if not isinstance(value, np.ndarray) or value.dtype != np.dtype(kind[:-1]) or not value.flags.c_contiguous:
        raise TypeError(f"{kind} wanted, a contiguous array, {getattr(value, 'dtype', type(value))} given")
    return value.ctypes.data


def _read(path: Path | None) -> bytes | None:
    """Return the code of a file if it is whole."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    code = content[_HASH:]
    return code if hashlib.sha256(path.name.encode() + code).digest() == content[:_HASH] else None


def _keep(path: Path | None, code: bytes) -> None:
    if path is None:
        return
    part = beside(path)
    with contextlib.suppress(OSError):  # then it is compiled again next time
        part.write_bytes(hashlib.sha256(path.name.encode() + code).digest() + code)
        part.replace(path)
    remove(part)
