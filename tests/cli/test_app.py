"""`geo app`: says what is wrong before it serves."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from geo.cli import app
from geo.cli.main import main

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


def test_missing_layers_are_told_before_serving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEO_LAYERS", "")
    assert main(["app", "--layers", str(tmp_path), "--no-browser"]) == 2
    assert "run `geo build`" in capsys.readouterr().err


@pytest.mark.parametrize("port", [0, 70000])
def test_a_port_that_is_none(port: int) -> None:
    with pytest.raises(app.UsageError, match="give 1 to 65535"):
        app._free_port("127.0.0.1", port)


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(app.UsageError, match="give another --port"):
            app._free_port("127.0.0.1", taken.getsockname()[1])


def test_the_next_free_port_is_taken_when_none_is_asked_for() -> None:
    assert 8501 <= app._free_port("127.0.0.1", None) < 8501 + app._PORTS_TRIED


def test_it_serves_with_the_settings_of_the_package(monkeypatch: Patch, capsys: Capture) -> None:
    from geo.web import asgi

    asked: dict[str, object] = {}
    monkeypatch.setattr(type(asgi.app), "run", lambda self, config: asked.update(config))
    monkeypatch.setattr(app, "_free_port", lambda address, port: 8123)
    assert main(["app", "--no-browser", "--address", "127.0.0.1"]) == 0
    assert asked["server.port"] == 8123
    assert asked["server.address"] == "127.0.0.1"
    assert asked["browser.gatherUsageStats"] is False
    assert asked["theme.light.primaryColor"]
    assert "server.baseUrlPath" not in asked
    assert main(["app", "--no-browser", "--base-path", "/cities/map/"]) == 0
    assert asked["server.baseUrlPath"] == "cities/map"
    assert "http://127.0.0.1:8123/cities/map " in capsys.readouterr().out
    monkeypatch.setenv("GEO_MCP", "")
    assert main(["app", "--no-browser", "--mcp"]) == 0
    assert os.environ["GEO_MCP"] == "1"
    assert "http://127.0.0.1:8123/mcp " in capsys.readouterr().out


def test_the_names_it_answers_to_reach_the_server(monkeypatch: Patch, capsys: Capture) -> None:
    from geo.web import asgi
    from geo.web.server.hosts import allowed_hosts

    monkeypatch.setenv("GEO_HOSTS", "a.example")
    monkeypatch.setattr(type(asgi.app), "run", lambda self, config: None)
    assert main(["app", "--no-browser", "--host", "Map.example.org", "--host", "192.168.1.20"]) == 0
    assert allowed_hosts() == {"localhost", "127.0.0.1", "::1", "a.example", "map.example.org", "192.168.1.20"}
    assert main(["app", "--no-browser", "--host", "http://map.example.org"]) == 2
    assert "host is 'http://map.example.org': give the name or address alone" in capsys.readouterr().err
    monkeypatch.setenv("GEO_HOSTS", "*")
    assert main(["app", "--no-browser"]) == 2
    assert "host is '*'" in capsys.readouterr().err


def test_streamlits_variables_are_heard_as_by_its_own_command(monkeypatch: Patch) -> None:
    from geo.web import asgi

    for name, value in (("MAX_UPLOAD_SIZE", "50"), ("ENABLE_XSRF_PROTECTION", "false"), ("ALLOWED_HOSTS", "a.cn b.cn")):
        monkeypatch.setenv(f"STREAMLIT_SERVER_{name}", value)
    monkeypatch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "streamlit reads it itself")
    found = asgi.options()
    assert found["server.maxUploadSize"] == 50
    assert found["server.enableXsrfProtection"] is False
    assert found["server.allowedHosts"] == ["a.cn", "b.cn"]
    assert found["browser.gatherUsageStats"] is False
    assert "server.cookieSecret" not in found
    monkeypatch.setenv("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", "much")
    with pytest.raises(app.UsageError, match=r"STREAMLIT_SERVER_MAX_UPLOAD_SIZE is 'much'.*takes int"):
        asgi.options()


def test_a_missing_package_names_the_install_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "folium", None)
    assert main(["app", "--no-browser"]) == 2
    assert 'pip install "shanghai-ai-map[app]"' in capsys.readouterr().err
