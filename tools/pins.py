"""Write the hashes of the pinned packages, so that what is installed is what was tested, from whatever index it comes.

    make pins

``requirements.txt``, ``requirements-dev.txt`` and ``tools/uv.txt`` are edited by hand, ``name==version`` a line. For
each this writes a file of the same pins with the hashes of every archive of that version, and with what other systems
need beside (``appnope`` on macOS): ``requirements-hashes.txt`` and so on, which `install` reads.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import install

ROOT = Path(__file__).resolve().parents[1]
#: File of pins → what it is resolved with, and the oldest Python that has all of it.
FILES: dict[str, tuple[tuple[str, ...], str]] = {
    "tools/uv.txt": ((), "3.11"),
    "requirements.txt": ((), "3.11"),
    "requirements-dev.txt": (("requirements.txt",), "3.11.5"),
}
HEAD = "# Written by `make pins`: change {name} and run it again.\n"


def command(uv: str, name: str) -> list[str]:
    """Return the command that prints a file of pins with hashes."""
    beside, python = FILES[name]
    options = ["--generate-hashes", "--universal", "--python-version", python]
    return [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", *options, *beside, name]


def hashed(uv: str, name: str) -> str:
    """Return the content of the file of hashes of a file of pins; what an earlier file holds is left out."""
    done = subprocess.run(command(uv, name), cwd=ROOT, capture_output=True, text=True, check=True)
    blocks = install.blocks(done.stdout)
    for earlier in FILES[name][0]:
        there = set(install.blocks((ROOT / install.hashes_of(earlier)).read_text(encoding="utf-8")))
        blocks = [block for block in blocks if block not in there]
    return HEAD.format(name=name) + "".join(blocks)


def main() -> int:
    """Write the files of hashes; return the exit code."""
    uv = install.find_uv()
    if uv is None:
        print("pins: uv cannot be had, which makes the hashes", file=sys.stderr)
        return 1
    try:
        for name in FILES:
            content = hashed(uv, name)
            target = ROOT / install.hashes_of(name)
            part = target.with_name(f".{target.name}.{os.getpid()}.part")
            part.write_text(content, encoding="utf-8")
            part.replace(target)
    except subprocess.CalledProcessError as error:
        print(error.stderr, file=sys.stderr)
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
