"""Make the pictures of the README: ``docs/images/*.png``, from the runs that test a planner's way in the browser.

Runs ``tests/browser/test_planner_path.py`` and ``test_tasks.py`` with a folder for their pictures; where they pass,
these are packed small and take the places of the old ones. Run it when the looks change:
``.venv/bin/python tools/screenshots.py``.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TESTS = ["tests/browser/test_planner_path.py", "tests/browser/test_tasks.py"]


def few_colours(picture: Image.Image) -> Image.Image:
    """Return a picture with 256 colours: the 160 most frequent as they are, so that grounds stay true, 96 for reach."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    frequent = [colour for _, colour in counted[:160]]
    rest = Image.new("RGB", (max(1, len(counted) - 160), 1))
    rest.putdata([colour for _, colour in counted[160:]] or [(0, 0, 0)])
    reach = rest.quantize(96, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(part for colour in frequent for part in colour), *reach[: 96 * 3]])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def packed(path: Path) -> bytes:
    """Return a picture as PNG with 256 colours."""
    content = io.BytesIO()
    few_colours(Image.open(path).convert("RGB")).save(content, "PNG", optimize=True)
    return content.getvalue()


def main() -> int:
    """Run the test, then replace the pictures it made."""
    with tempfile.TemporaryDirectory(prefix="geo-pictures-") as folder:
        command = [sys.executable, "-m", "pytest", *TESTS, "-k", "from_the_link or steps_lead"]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "GEO_PICTURES": folder}, check=False)
        if done.returncode:
            print("the pictures stay as they are: the test failed", file=sys.stderr)
            return done.returncode
        IMAGES.mkdir(parents=True, exist_ok=True)
        for path in sorted(Path(folder).glob("*.png")):
            content = packed(path)
            (IMAGES / path.name).write_bytes(content)
            print(f"{path.name}: {len(content) // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
