"""Keep the published data as the last release, so that the next build can say what changed since.

    python tools/release.py            after `geo build`, when the layers are published

The tables and the boundaries of ``layers/`` go to ``seeds/releases/<version>/``, in the place of the release before;
the basemap stays out. Then raise ``version`` in ``seeds/atlas.toml`` and add its row to ``seeds/releases.csv``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from geo.atlas.layers import read_layers
from geo.contract.datapackage import PACKAGE, digest_of

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Copy what a comparison needs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=Path, default=ROOT / "layers")
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    args = parser.parse_args()
    package, files = read_layers(args.layers)
    kept = {path: content for path, content in files.items() if _is_compared(path)}
    package["resources"] = [resource for resource in package["resources"] if resource["path"] in kept]
    package["hash"] = digest_of(package)
    releases = args.seeds / "releases"
    shutil.rmtree(releases, ignore_errors=True)
    target = releases / package["version"]
    for path, content in kept.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (target / PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(kept)} files of version {package['version']} kept in {target}", file=sys.stderr)
    return 0


def _is_compared(path: str) -> bool:
    """Return whether `geo diff` reads a file: tables by hand, and the layers of places."""
    if path.startswith("tables/"):
        return path not in ("tables/derived.csv", "tables/place_districts.csv")
    return path.endswith(".geojson") and "/" not in path and path != "institution.geojson"


if __name__ == "__main__":
    sys.exit(main())
