"""deploy/nginx.conf as it stands, before two `geo app` processes, in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app_driver import PLAIN_CODE, AppPage
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.serving import CHROMIUM, FLAGS, PATIENCE_S, START, free_port, running
from geo.web.server.connections import ASK_S, READ_S
from geo.web.server.uploads import STALL_S

ROOT = Path(__file__).parents[2]
CONF = ROOT / "deploy" / "nginx.conf"

#: What the system's nginx.conf says around it, for a user without rights and a folder of its own.
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    log_format test escape=json
        '{{"node": "$geo_node", "to": "$upstream_addr", "status": "$status", "what": "$request"}}';
    access_log {folder}/access.log test;
    include {folder}/geo.conf;
}}
"""


@dataclass
class Site:
    base: str
    folder: Path
    backends: dict[str, subprocess.Popen[bytes]]

    def requests(self) -> list[dict[str, str]]:
        """What nginx has passed on, and to which process; a request is there once it is over."""
        lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["to"]]

    def to(self, node: str) -> set[str]:
        return {address for line in self.requests() if line["node"] == node for address in line["to"].split(", ")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two processes under a path, behind nginx."""
    tmp_path = tmp_path_factory.mktemp("site")
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert program, "nginx is not here: sh tools/ensure-apps.sh installs it"
    ports = [free_port() for _ in range(3)]
    with ExitStack() as stack:
        backends = {}
        for port in ports[:2]:
            command = [*START, str(port), "--base-path", "/cities/map"]
            health = f"http://127.0.0.1:{port}/cities/map/healthz"
            backends[f"127.0.0.1:{port}"], _ = stack.enter_context(running(command, tmp_path, health))
        conf = CONF.read_text(encoding="utf-8")
        for old, new in zip(("127.0.0.1:8501", "127.0.0.1:8502", "listen 80;"), ports, strict=True):
            assert conf.count(old) == 1
            conf = conf.replace(old, re.sub(r"\d+(?=;?$)", str(new), old))
        conf = conf.replace("listen ", "listen 127.0.0.1:").replace("location / {", "location /cities/map/ {")
        (tmp_path / "geo.conf").write_text(conf, encoding="utf-8")
        (tmp_path / "nginx.conf").write_text(AROUND.format(folder=tmp_path), encoding="utf-8")
        base = f"http://127.0.0.1:{ports[2]}/cities/map"
        command = [program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
        stack.enter_context(running(command, tmp_path, f"{base}/healthz"))
        yield Site(base, tmp_path, backends)


def another(browser: Browser, site: Site, home: str) -> BrowserContext:
    """Return a visitor, who has opened nothing yet, of another process than this one."""
    for _ in range(40):  # each is of either with the same chance
        visitor = browser.new_context(viewport={"width": 1440, "height": 900})
        visitor.request.get(f"{site.base}/healthz")  # which gives the cookie
        end = time.monotonic() + PATIENCE_S
        while not (to := site.to(node_of(visitor))):
            assert time.monotonic() < end
            visitor.request.get(f"{site.base}/healthz")
        if to != {home}:
            return visitor
        visitor.close()
    raise AssertionError("every visitor is of the same process")


def opened(visitor: BrowserContext, site: Site, path: str = "/") -> AppPage:
    page = AppPage(visitor.new_page(), site.base)
    page.page.set_default_timeout(PATIENCE_S * 1000)
    return page.open(path)


def node_of(visitor: BrowserContext) -> str:
    (cookie,) = [one for one in visitor.cookies() if one["name"] == "geo_node"]
    assert cookie["httpOnly"]
    return cookie["value"]


def click_first_cluster(page: AppPage) -> None:
    pill = page.page.locator("section[data-testid=stSidebar] [data-testid=stButtonGroup] button").first
    page.do(pill.click)
    assert "cluster=" in page.page.url


def test_sessions_stick_to_a_process_and_outlive_another(site: Site, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("name,lon,lat\n" + "".join(f"r{i},{121.3 + i / 500},{31.1 + i / 900}\n" for i in range(90)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, PLAIN_CODE])
        first = opened(browser.new_context(viewport={"width": 1440, "height": 900}), site)
        click_first_cluster(first)
        link = first.page.url.removeprefix(site.base)
        drawn: list[str] = []
        first.page.on("response", lambda got: drawn.append(got.url) if "/points/" in got.url and got.ok else None)
        first.page.goto(f"{site.base}/data")
        first.page.locator("input[type=file]").set_input_files(table)
        first.wait_map("map.painted > 0")
        first.settle()
        assert drawn, "the points of the table did not reach the map"
        node = node_of(first.page.context)
        (home,) = site.to(node)

        second = opened(another(browser, site, home), site)
        (other,) = site.to(node_of(second.page.context))
        assert {home, other} == set(site.backends)
        for page in (first, second):
            assert not page.problems
            assert not page.foreign

        site.backends[home].kill()
        site.backends[home].wait(timeout=PATIENCE_S)
        click_first_cluster(second)
        assert not second.problems
        first.open(link)  # the address holds the state: nothing but the table is lost
        assert first.page.url.endswith(link)
        assert first.map("map.state.visible.length") == second.map("map.state.visible.length")
        browser.close()
    done = site.requests()
    uploads = [line for line in done if line["what"].startswith("PUT") and "/upload_file/" in line["what"]]
    assert [(line["node"], line["to"], line["status"]) for line in uploads] == [(node, home, "204")]
    streams = [line for line in done if "/_stcore/stream" in line["what"]]
    assert (node, home) in {(line["node"], line["to"]) for line in streams}
    assert {line["status"] for line in streams if "," not in line["to"]} <= {"101"}


def statuses(base: str, count: int) -> Counter[str]:
    """Open so many websockets at once, and close them."""
    where = urlsplit(base)
    ask = f"GET {where.path}/_stcore/stream HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
    ask += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", where.port or 0))) for _ in range(count)]
        for one in opened:
            one.settimeout(PATIENCE_S)
            one.sendall(ask.encode())
        return Counter(one.recv(200).decode().split(" ")[1] for one in opened)


def test_one_address_holds_so_many_connections_and_no_more(site: Site) -> None:
    (most,) = re.findall(r"limit_conn geo_connections (\d+);", CONF.read_text(encoding="utf-8"))
    got = statuses(site.base, int(most) + 10)
    assert got == {"101": int(most), "429": 10}
    end = time.monotonic() + PATIENCE_S
    while (again := statuses(site.base, 1)) != {"101": 1}:  # once nginx has heard that the others have gone
        assert time.monotonic() < end, again


def test_all_of_what_guards_it_is_used() -> None:
    """A zone without a limit would hold nothing."""
    conf = CONF.read_text(encoding="utf-8")
    for kind in ("conn", "req"):
        named = set(re.findall(rf"limit_{kind}_zone \S+ zone=(\w+):", conf))
        assert named == set(re.findall(rf"limit_{kind} (?:zone=)?(\w+)", conf)) != set()
    slow = dict(re.findall(r"^ +(client_header_timeout|client_body_timeout|send_timeout) (\d+)s;", conf, re.MULTILINE))
    assert slow == {
        "client_header_timeout": f"{ASK_S:.0f}",
        "client_body_timeout": f"{STALL_S:.0f}",
        "send_timeout": f"{READ_S:.0f}",
    }


def test_the_file_agrees_with_the_app() -> None:
    """The body may be as large as an upload, and no temporary file of nginx holds a part of it."""
    conf = CONF.read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "geo" / "web" / "config.toml").read_text(encoding="utf-8"))
    (size,) = re.findall(r"client_max_body_size (\d+)m;", conf)
    assert int(size) == settings["server"]["maxUploadSize"] + 1
    assert "proxy_request_buffering off;" in conf
    assert "proxy_max_temp_file_size 0;" in conf
