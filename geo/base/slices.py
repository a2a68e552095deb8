"""Children that step back behind the server in a control group of their own, where systemd hands one over (Linux).

A unit with ``Delegate=`` may divide its own control group (version 2): the server stays in ``app``, and its children
share ``children``, with a part of the memory, so many processes and a small weight. Whatever they take together, the
kernel ends one of them, and not the server. Nothing outside the unit's own group is touched, and where none is handed
over, or it is read only, as in a container, children have the bounds of `geo.base.confined` as ever.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

__all__ = ["ASKED", "children_group", "enter"]

_log = logging.getLogger(__name__)

#: Environment variable by which the unit says that its control group may be divided.
ASKED = "GEO_DIVIDE_CONTROL_GROUP"
_MOUNT, _OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
#: Of the memory that the unit may take, so much is for all children together; the rest is the server's.
_MEMORY_SHARE = 0.75
_BOUNDS = {"pids.max": "256", "cpu.weight": "25"}


def enter(pid: int) -> None:
    """Put a child process into the control group of children, if there is one."""
    if not os.environ.get(ASKED):
        return
    group = children_group(_MOUNT, _OWN)
    if group is not None:
        with suppress(OSError):  # it ended in the meantime, or has the bounds of its own alone
            (group / "cgroup.procs").write_text(str(pid))


@cache
def children_group(mount: Path, own: Path) -> Path | None:
    """Divide the control group of this process, once, and return that of its children; None where that cannot be.

    Parameters
    ----------
    mount : Path
        Where control groups are: ``/sys/fs/cgroup``.
    own : Path
        The file that names that of this process: ``/proc/self/cgroup``.
    """
    try:
        named = [line[3:] for line in own.read_text().splitlines() if line.startswith("0::/")]
        if not named or named[0] == "/":
            raise OSError("this process is in no control group of version 2 but the first")
        group = mount / named[0].lstrip("/")
        server, children = group / "app", group / "children"
        for one in (server, children):
            one.mkdir(exist_ok=True)
        (server / "cgroup.procs").write_text(str(os.getpid()))  # a group with processes of its own has no parts
        (group / "cgroup.subtree_control").write_text("+cpu +memory +pids")
        most = (group / "memory.max").read_text().strip()
        memory = {"memory.max": str(int(int(most) * _MEMORY_SHARE))} if most.isdigit() else {}
        for name, bound in (memory | _BOUNDS).items():
            (children / name).write_text(bound)
    except OSError as error:
        _log.warning("readers stay in the control group of the server: %s", error)
        return None
    return children
