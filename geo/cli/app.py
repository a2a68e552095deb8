"""``geo app``: start the web app."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path

from geo.atlas.altered import check_whole
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.base.optional import package_folder
from geo.base.told import both, told
from geo.errors import UsageError

__all__ = ["EXAMPLES", "arguments", "run"]

EXAMPLES: dict[str, str] = {}

_PORTS_TRIED = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--port", type=int)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
    )
    parser.add_argument("--base-path", default="/", metavar="PATH")
    parser.add_argument(
        "--embed-for",
        action="append",
        default=[],
        metavar="ORIGIN",
    )
    parser.add_argument("--mcp", action="store_true")
    parser.add_argument("--layers", metavar="DIR")
    parser.add_argument("--no-browser", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Check the layers and the port, then serve until interrupted."""
    for package in ("streamlit", "folium", "xstatic.pkg.leaflet"):
        package_folder(package, "needs.app", package, "app")
    _name_hosts(args.host)
    _name_origins(args.embed_for)
    if args.mcp:
        _open_to_assistants()
    if args.layers:
        os.environ["GEO_LAYERS"] = str(Path(args.layers).resolve())
    check_whole(Atlas.load())  # so that damaged or missing layers are reported here, not in the browser
    port = _free_port(args.address, args.port)
    anywhere = args.address in ("0.0.0.0", "::")  # noqa: S104 - asked for by the user
    base_path = args.base_path.strip("/")
    address = f"http://{'127.0.0.1' if anywhere else args.address}:{port}/{base_path}".rstrip("/")
    stops = " ".join(text("app.stop", language) for language in LANGUAGES)  # the app speaks the language of its visitor
    print(f"{address}  {stops}", flush=True)
    if args.mcp:
        print(f"{address}/mcp  (MCP)", flush=True)
    if not args.no_browser and _has_screen():
        threading.Thread(target=_open_when_up, args=(args.address, port, address), daemon=True).start()
    return _serve(args.address, port, base_path)


def _name_hosts(names: list[str]) -> None:
    from geo.web.server.hosts import ENVIRONMENT, allowed_hosts, named_hosts

    given = [os.environ.get(ENVIRONMENT, ""), *named_hosts(names)]
    os.environ[ENVIRONMENT] = ",".join(name for name in given if name)
    allowed_hosts()  # so that an invalid variable is reported here


def _name_origins(given: list[str]) -> None:
    from geo.web.server.embedding import ENVIRONMENT, named_origins, origins

    os.environ[ENVIRONMENT] = " ".join([os.environ.get(ENVIRONMENT, ""), *named_origins(given)]).strip()
    origins()


def _open_to_assistants() -> None:
    from geo.web.server.assistants import ENVIRONMENT

    os.environ[ENVIRONMENT] = "1"


def _free_port(address: str, wanted: int | None) -> int:
    """Return the requested port, or the first free one from 8501.

    Raises
    ------
    UsageError
        If the requested port is in use or out of range.
    """
    if wanted is not None and not 1 <= wanted <= 65535:
        raise told(UsageError, "wrong.port", given=str(wanted))
    candidates = [wanted] if wanted else range(8501, 8501 + _PORTS_TRIED)
    reason = ""
    for port in candidates:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                reason = error.strerror or str(error)
                continue
            return port
    several = both("wrong.port_taken.any", first="8501", last=str(8500 + _PORTS_TRIED))
    raise told(UsageError, "wrong.port_taken", address=address, ports=str(wanted) if wanted else several, why=reason)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_when_up(host: str, port: int, address: str) -> None:
    for _ in range(120):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.25)
        else:
            webbrowser.open(address)
            return


def _serve(address: str, port: int, base_path: str) -> int:
    from geo.web.asgi import app, options

    # The address was printed, in both languages; Streamlit's own words have one.
    config = {**options(), "server.address": address, "server.port": port, "logger.hideWelcomeMessage": True}
    if base_path:
        config["server.baseUrlPath"] = base_path
    app.run(config=config)
    return 0
