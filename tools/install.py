"""Install pinned packages, and this project to be edited, into the environment of the Python that runs this.

    .venv/bin/python tools/install.py requirements.txt ...

uv does it, several times as fast as pip: the one on the PATH, else one that pip installs. Where uv cannot be had or
fails, pip does it; ``GEO_SETUP=pip`` leaves uv out. uv does not read what pip is told (pip.conf, ``PIP_*``), so that is
handed on. This runs before any package is there: it needs the standard library only.

What is installed has the hashes that ``make pins`` wrote (`tools/pins.py`), or it is refused; uv itself too.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / "tools" / "uv-hashes.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")

#: Setting of pip → variables of uv that say the same, and what stands between several values. Not "constraint": beside
#: hashes uv takes none, and where every package is pinned a constraint could only forbid.
HANDED_ON = {
    "index-url": (("UV_DEFAULT_INDEX", "UV_INDEX_URL"), " "),
    "extra-index-url": (("UV_INDEX", "UV_EXTRA_INDEX_URL"), " "),
    "find-links": (("UV_FIND_LINKS",), ","),
    "trusted-host": (("UV_INSECURE_HOST",), " "),
    "timeout": (("UV_HTTP_TIMEOUT",), " "),
    "default-timeout": (("UV_HTTP_TIMEOUT",), " "),
    "cert": (("SSL_CERT_FILE",), " "),
    "proxy": (("ALL_PROXY",), " "),
}
#: Settings of pip that uv would not follow: pip does the work then.
ONLY_PIP = {"no-index", "no-binary", "only-binary", "require-hashes", "client-cert"}


def hashes_of(name: str) -> str:
    """Return the file of hashes of a file of pins.

    >>> hashes_of("requirements.txt")
    'requirements-hashes.txt'
    """
    return f"{name.removesuffix('.txt')}-hashes.txt"


def blocks(text: str) -> list[str]:
    """Return the requirements of a file of hashes, each with its lines of hashes."""
    return re.findall(r"^[^\s#].*(?:\n[ \t].*)*\n", text, re.MULTILINE)


def pip_settings(listed: str) -> dict[str, str]:
    """Return what holds for ``pip install`` of the lines of ``pip config list``.

    Parameters
    ----------
    listed : str
        Lines such as ``global.index-url='https://…'``; a variable (``:env:``) beats ``install``, and that ``global``.

    Returns
    -------
    dict of str to str
        Value by setting; several values are parted by white space.
    """
    found: dict[str, str] = {}
    lines = re.findall(r"^(global|install|:env:)\.([a-z-]+)=(.*)$", listed, re.MULTILINE)
    for section in ("global", "install", ":env:"):
        found |= {name: str(ast.literal_eval(value)) for where, name, value in lines if where == section}
    return found


def uv_environment(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables under which uv asks where pip would ask; what uv itself is told already stands.

    Parameters
    ----------
    settings : mapping of str to str
        What `pip_settings` found.
    environ : mapping of str to str
        The variables of this process.
    """
    # uv would not let this stand beside the environment that is named.
    found = {name: value for name, value in environ.items() if name != "UV_SYSTEM_PYTHON"}
    for name, (variables, between) in HANDED_ON.items():
        if settings.get(name) and not any(variable in environ for variable in variables):
            found[variables[0]] = between.join(settings[name].split())
    if "extra-index-url" in settings:
        # pip takes a version from whichever index has it, uv by default from the first that knows the name.
        found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return found


def find_uv() -> str | None:
    """Return the path of uv, installing it where it is not; None where it cannot be had."""
    here = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    if not shutil.which("uv", path=here):
        # A wheel or nothing: building it would take a compiler and a quarter of an hour.
        asked = ["--only-binary", ":all:", "--require-hashes", "--no-deps", "--requirement", str(UV)]
        subprocess.run([*PIP, "install", "--quiet", *asked], check=False)
    return shutil.which("uv", path=here)


def by_uv(steps: Sequence[Sequence[str]]) -> bool:
    """Run the steps with uv and return whether all went well."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    settings = pip_settings(listed)
    if ONLY_PIP & settings.keys() or not (uv := find_uv()):
        return False
    print(f"setup: installing the pinned packages with {uv} ...", file=sys.stderr)
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable]
    environment = uv_environment(settings, os.environ)
    for step in steps:
        if subprocess.run([*command, *step], env=environment, check=False).returncode:
            print("setup: uv failed", file=sys.stderr)
            return False
    return True


def by_pip(steps: Sequence[Sequence[str]]) -> None:
    """Run the steps with pip."""
    print("setup: installing the pinned packages with pip (the first time takes some minutes) ...", file=sys.stderr)
    for step in steps:
        subprocess.run([*PIP, "install", "--quiet", *step], check=True)


def main(files: Sequence[str]) -> int:
    """Install the packages of the files of pins, then the project; return the exit code."""
    pins = ["--require-hashes", *(word for file in files for word in ("--requirement", hashes_of(file)))]
    # No build isolation: the build tool is pinned like everything else.
    steps = [pins, ["--no-deps", "--no-build-isolation", "--editable", "."]]
    try:
        if os.environ.get("GEO_SETUP") == "pip" or not by_uv(steps):
            by_pip(steps)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
