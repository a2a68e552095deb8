"""A request to an ASGI application in this process: any method, any header, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import apart


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Asked:
    """An application that is asked."""

    app: Any
    host: str = "127.0.0.1"
    came_in_by: str = "127.0.0.1"
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Ask; ``if_none_match="x"`` is a header, and ``host`` one other than `host`."""
        given = {"host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in given.items() if value is not None]
        return self.with_headers(path, raw, method, body)

    def with_headers(
        self, path: str, headers: list[tuple[bytes, bytes]], method: str = "GET", body: bytes = b""
    ) -> Answer:
        """Ask with these headers and no others."""
        scope = self._scope("http", path, headers) | {"method": method}
        chunks = [{"type": "http.request", "body": body, "more_body": False}]
        self._run(scope, chunks)
        start, *rest = self.sent
        content = b"".join(message.get("body", b"") for message in rest)
        return Answer(start["status"], {k.decode().lower(): v.decode() for k, v in start["headers"]}, content)

    def websocket(self, path: str, extensions: dict[str, Any] | None = None, **headers: str) -> list[dict[str, Any]]:
        """Try to open a websocket; return the messages that came back."""
        given = {"host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        scope = self._scope("websocket", path, raw) | {"extensions": extensions or {}, "subprotocols": []}
        self._run(scope, [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])
        return self.sent

    def _scope(self, kind: str, path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        path, _, query = path.partition("?")
        return {
            "type": kind,
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "scheme": "http" if kind == "http" else "ws",
            "server": (self.came_in_by, 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }

    def _run(self, scope: dict[str, Any], messages: list[dict[str, Any]]) -> None:
        sent: list[dict[str, Any]] = []
        waiting = iter(messages)

        async def receive() -> dict[str, Any]:
            return next(waiting, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        apart.run(self.app, scope, receive, send)
        self.sent = sent
