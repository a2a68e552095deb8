"""docs/deploy.md says what the code and the files in deploy/ say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from streamlit import config

from bench.serving import PATIENCE_S
from geo.tables.limits import UPLOAD_LIMITS
from geo.web.server import housekeeping

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SETTINGS = tomllib.loads((ROOT / "geo" / "web" / "config.toml").read_text(encoding="utf-8"))


def row(first: str) -> str:
    (found,) = re.findall(rf"^\| {re.escape(first)} \|(.*)$", DOCUMENT, re.MULTILINE)
    return str(found)


def test_files_and_options_it_names_are_there() -> None:
    named = set(re.findall(r"(?:deploy|tests/deploy|geo)/[\w./@-]+\.\w+|deploy/Containerfile", DOCUMENT))
    assert {"deploy/nginx.conf", "deploy/geo-app@.service", "deploy/Containerfile"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    shown = subprocess.run(
        [sys.executable, "-m", "geo.cli", "app", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S
    ).stdout
    options = set(re.findall(r"(?:geo app|`)[^`\n]*?(--(?:address|port|base-path|no-browser))", DOCUMENT))
    assert {"--address", "--base-path"} <= options
    assert [option for option in options if option not in shown] == []
    variables = set(re.findall(r"STREAMLIT_[A-Z_]+", DOCUMENT))
    assert variables
    assert variables <= {option.env_var for option in config.get_config_options().values()}


def test_limits_are_those_of_the_code() -> None:
    assert f"{SETTINGS['server']['maxUploadSize']} MB a file" in row("upload")
    assert f"{UPLOAD_LIMITS.memory_bytes >> 30} GB of memory and {UPLOAD_LIMITS.seconds} s" in row("reading an upload")
    kept = config.get_option("server.disconnectedSessionTTL")
    assert (kept, housekeeping.EVERY_S) == (120, 30)
    assert "kept 2 minutes" in row("closed pages")
    assert "half a minute" in row("closed pages")


def test_it_is_in_the_lists_of_documents_in_both_languages() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for half in readme.split("\n## English"):
        assert "](docs/deploy.md)" in half
    assert "](docs/deploy.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
