"""Put child processes into a control group of their own with low priority, if systemd delegates one (Linux).

A unit with ``Delegate=`` may divide its control group (version 2): the server stays in ``app``, and its children share
``children`` with a part of the memory, a limited number of processes and a small weight. If the children together take
too much, the kernel ends one of them and not the server. Nothing outside the unit's own group is changed. Without a
delegated group, or with a read-only one as in a container, children only have the limits of `geo.base.confined`.
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
#: Share of the unit's memory for all children together; the rest is for the server.
_MEMORY_SHARE = 0.75
_BOUNDS = {"pids.max": "256", "cpu.weight": "25"}


def enter(pid: int) -> None:
    """Put a child process into the control group of children, if there is one."""
    if not os.environ.get(ASKED):
        return
    group = children_group(_MOUNT, _OWN)
    if group is not None:
        with suppress(OSError):  # the child has ended, or only has its own limits
            (group / "cgroup.procs").write_text(str(pid))


@cache
def children_group(mount: Path, own: Path) -> Path | None:
    """Divide the control group of this process once, and return the group of its children; None if that is impossible.

    Parameters
    ----------
    mount : Path
        Mount point of the control groups: ``/sys/fs/cgroup``.
    own : Path
        File that names the group of this process: ``/proc/self/cgroup``.
    """
    try:
        named = [line[3:] for line in own.read_text().splitlines() if line.startswith("0::/")]
        if not named or named[0] == "/":
            raise OSError("this process is in no control group of version 2 but the first")
        group = mount / named[0].lstrip("/")
        server, children = group / "app", group / "children"
        for one in (server, children):
            one.mkdir(exist_ok=True)
        (server / "cgroup.procs").write_text(str(os.getpid()))  # a group that contains processes cannot have subgroups
        (group / "cgroup.subtree_control").write_text("+cpu +memory +pids")
        most = (group / "memory.max").read_text().strip()
        memory = {"memory.max": str(int(int(most) * _MEMORY_SHARE))} if most.isdigit() else {}
        for name, bound in (memory | _BOUNDS).items():
            (children / name).write_text(bound)
    except OSError as error:
        _log.warning("readers stay in the control group of the server: %s", error)
        return None
    return children
