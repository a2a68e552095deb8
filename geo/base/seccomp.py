"""Make the Linux kernel refuse all connections and new programs of a process, permanently (seccomp)."""

from __future__ import annotations

import ctypes
import errno
import platform
import sys

__all__ = ["shut"]

#: Machine → its AUDIT_ARCH, the number of the system call seccomp, and the numbers of the refused calls: socket,
#: connect, bind, listen, sendto, sendmsg, execve, execveat, ptrace, io_uring_setup (which can replace all others).
_MACHINES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 317, (41, 42, 49, 50, 44, 46, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, 277, (198, 203, 200, 201, 206, 211, 221, 281, 117, 425)),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_OTHER_NUMBERS = 0x40000000  # the same calls in the x32 numbering
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _SET_FILTER, _ALL_THREADS = 38, 22, 2, 1, 1


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def shut() -> bool:
    """Refuse this process sockets, connections and new programs; return whether the kernel accepted the filter.

    It cannot be undone, and applies to threads started later. On other systems or processors, or if the kernel refuses,
    nothing happens.
    """
    known = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    architecture, seccomp, calls = known
    refuse = 5 + len(calls)  # index of the last instruction, which refuses; the one before it allows
    code = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, refuse - 4, 0, _OTHER_NUMBERS),
        *((_EQUAL, refuse - 5 - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(code), (_Instruction * len(code))(*(_Instruction(*step) for step in code)))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    if kernel.syscall(seccomp, _SET_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0:
        return True
    # A service's own filter may allow the older call only, which applies to this thread and its descendants.
    return bool(kernel.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
