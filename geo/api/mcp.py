"""The Model Context Protocol: JSON-RPC requests and answers, one per line over standard input and output.

A server of tools needs four requests of the protocol. The official SDK takes 1.3 s of processor time to import and
brings a web client, cryptography and telemetry; its client drives this server in the tests instead. The modules of a
tool are imported when it is first called.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from geo.base.about import version
from geo.base.messages import LANGUAGES, text
from geo.errors import GeoError

__all__ = ["LONGEST_LINE", "REQUEST", "VERSIONS", "Server", "fault", "wire"]

_log = logging.getLogger(__name__)

#: Supported protocol versions, newest first.
VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")

#: JSON-RPC code for an invalid request.
REQUEST = -32600
_PARSE, _METHOD, _PARAMS, _INTERNAL = -32700, -32601, -32602, -32603

#: Longest accepted request, characters.
LONGEST_LINE = 1_000_000

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "boolean": (bool,), "array": (list,),
}  # fmt: skip


def wire(answer: Mapping[str, Any]) -> str:
    """Return an answer as JSON without line breaks, for any transport."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=dict)


def fault(code: int, why: str, number: Any = None) -> dict[str, Any]:
    """Return the JSON-RPC error answer to the request with the id `number`, where known."""
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": why}}


class _FaultError(Exception):
    """A request that gets a JSON-RPC error: code and message."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Server:
    """Answers requests with tools.

    Parameters
    ----------
    load : callable
        Returns the tools by name, each with ``description``, ``schema`` and ``answer(language=…, **arguments)``; called
        on the first request that needs them. An answer may contain a picture as ``png`` (bytes).
    """

    def __init__(self, load: Callable[[], Mapping[str, Any]]) -> None:
        self._load = load
        self._tools: Mapping[str, Any] | None = None

    @property
    def tools(self) -> Mapping[str, Any]:
        """The tools, loaded on first use."""
        if self._tools is None:
            self._tools = self._load()
        return self._tools

    def serve(self, lines: Iterable[str], out: IO[str]) -> None:
        """Answer every line until the input ends."""
        for line in lines:
            if line.strip() and (answer := self.answer(line)) is not None:
                out.write(wire(answer) + "\n")
                out.flush()

    def answer(self, line: str) -> dict[str, Any] | None:
        """Return the answer to a line, None for a notification."""
        number: Any = None
        try:
            if len(line) > LONGEST_LINE:
                raise _FaultError(_PARSE, f"the line has {len(line)} characters, and at most {LONGEST_LINE} are read")
            try:
                asked = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _FaultError(_PARSE, str(error)) from None
            if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
                raise _FaultError(REQUEST, "not a request of JSON-RPC 2.0")
            if "id" not in asked:
                return None
            number = asked["id"]
            params = asked.get("params") or {}
            return {"jsonrpc": "2.0", "id": number, "result": self._result(asked["method"], params)}
        except _FaultError as error:
            return fault(error.code, str(error), number)
        except Exception as error:  # an unexpected error must not end the session
            _log.exception("a tool failed")
            return fault(_INTERNAL, type(error).__name__, number)

    def _result(self, method: str, params: Any) -> dict[str, Any]:
        if not isinstance(params, dict):
            raise _FaultError(_PARAMS, "params is no object")
        if method == "initialize":
            wanted = params.get("protocolVersion")
            return {
                "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": {"name": "geo", "version": version()},
                "instructions": " ".join(text("mcp.instructions", language) for language in LANGUAGES),
            }
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [self._described(name) for name in self.tools]}
        if method == "tools/call":
            return self._called(params)
        raise _FaultError(_METHOD, f"no method {method[:80]!r}")

    def _described(self, name: str) -> dict[str, Any]:
        tool = self.tools[name]
        hints = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
        return {"name": name, "description": tool.description, "inputSchema": tool.schema, "annotations": hints}

    def _called(self, params: dict[str, Any]) -> dict[str, Any]:
        tool = self.tools.get(str(params.get("name")))
        if tool is None:
            raise _FaultError(_PARAMS, f"no tool {str(params.get('name'))[:80]!r}: there are {', '.join(self.tools)}")
        given = params.get("arguments") or {}
        if problem := _problem(tool.schema, given):
            return _wrong(problem)
        try:
            found = tool.answer(**{"language": LANGUAGES[0], **given})
        except GeoError as error:
            return _wrong(str(error))
        picture = found.pop("png", None)
        written = json.dumps(found, ensure_ascii=False, default=dict)
        content: list[dict[str, Any]] = [{"type": "text", "text": written}]
        if picture is not None:
            content.append({"type": "image", "data": base64.b64encode(picture).decode(), "mimeType": "image/png"})
        return {"content": content, "structuredContent": json.loads(written), "isError": False}


def _wrong(why: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": why}], "isError": True}


def _problem(schema: Mapping[str, Any], given: Any) -> str:
    """Return what is wrong with the arguments of a call, "" if nothing is."""
    if not isinstance(given, dict):
        return "arguments is no object"
    known = schema["properties"]
    if odd := [name for name in given if name not in known]:
        return f"no argument {odd[0][:80]!r}: there are {', '.join(known)}"
    if missing := [name for name in schema["required"] if name not in given]:
        return f"the argument {missing[0]!r} is missing"
    return next(filter(None, (_wrong_value(name, known[name], value) for name, value in given.items())), "")


def _wrong_value(name: str, about: Mapping[str, Any], value: Any) -> str:
    kind = about["type"]
    if not isinstance(value, _TYPES[kind]) or (kind == "number" and isinstance(value, bool)):
        return f"{name} is no {kind}"
    if isinstance(value, (int, float)) and not -1e6 < value < 1e6:
        return f"{name} is {value}: too large"
    if "enum" in about and value not in about["enum"]:
        return f"{name} is {str(value)[:80]!r}: allowed are {', '.join(about['enum'])}"
    if isinstance(value, str) and len(value) > about.get("maxLength", LONGEST_LINE):
        return f"{name} has {len(value)} characters: at most {about['maxLength']}"
    if isinstance(value, list):
        if not about["minItems"] <= len(value) <= about["maxItems"]:
            return f"{name} has {len(value)} items: {about['minItems']} to {about['maxItems']} are allowed"
        return next(filter(None, (_wrong_value(name, about["items"], one) for one in value)), "")
    return ""
