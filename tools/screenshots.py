"""Make the pictures of the README from the running app: ``docs/images/*.png``.

Starts the app on a free port of this computer, opens it in Chromium, waits until the map is painted, and writes small
PNG files. Run it when the looks change: ``.venv/bin/python tools/screenshots.py``.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("GEO_CHROMIUM", "/usr/bin/chromium")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"

#: File → path and query, width, height, colour scheme.
SHOTS = {
    "map-zh.png": ("/?place=zhangjiang", 1440, 900, "light"),
    "map-en.png": ("/?lang=en&place=zhangjiang", 1440, 900, "light"),
    "map-dark.png": ("/?measure=area_km2", 1440, 900, "dark"),
    "phone.png": ("/", 390, 844, "light"),
}

_PAINTED = """() => [...document.querySelectorAll("iframe")].some((frame) => {
  try { return frame.contentWindow.__geoMap.painted > 0; } catch (problem) { return false; } })
  && document.querySelector(".stApp").dataset.testScriptState !== "running"
  && document.querySelector("footer") !== null && !document.querySelector("[data-testid=stSkeleton]")"""


@contextmanager
def served() -> Iterator[str]:
    """Run the app and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "import sys; from geo.cli import main; sys.exit(main())"]
    process = subprocess.Popen([*command, "app", "--no-browser", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                    break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("the app did not start; run `geo app` to see why") from None
                time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


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


def shoot(browser: Browser, address: str, width: int, height: int, scheme: str) -> bytes:
    """Return a picture of a page as PNG with 256 colours."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=width < 500,
        has_touch=width < 500,
        device_scale_factor=1,
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(_PAINTED, timeout=60_000)
    page.wait_for_timeout(1500)  # the last movement of the map and the table's own painting
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture = few_colours(picture)
    context.close()
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def main() -> int:
    """Make every picture, or those named on the command line."""
    wanted = sys.argv[1:] or list(SHOTS)
    if unknown := [name for name in wanted if name not in SHOTS]:
        print(f"no picture {', '.join(unknown)}; there are {', '.join(SHOTS)}", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        for name in wanted:
            path, width, height, scheme = SHOTS[name]
            content = shoot(browser, base + path, width, height, scheme)
            (IMAGES / name).write_bytes(content)
            print(f"{name}: {len(content) // 1024} KB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
