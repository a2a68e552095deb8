"""`geo mcp` through the official client of the protocol: sixty questions with known answers, refusals, bad requests."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apart
import pytest

from geo.api.mcp import VERSIONS, Server
from geo.api.tools import TOOLS
from geo.atlas.atlas import Atlas

QUESTIONS = list(csv.DictReader((Path(__file__).parent / "questions.csv").read_text(encoding="utf-8").splitlines()))
COMMAND = ["-c", "import sys; from geo.cli.main import main; sys.exit(main())", "mcp"]


def talk(work: Callable[[Any], Any]) -> Any:
    """Return what `work` does with a session of the official client, which starts the server by itself."""
    from mcp import ClientSession, StdioServerParameters, stdio_client

    async def run() -> Any:
        settings = StdioServerParameters(command=sys.executable, args=COMMAND)
        async with stdio_client(settings) as (reading, writing), ClientSession(reading, writing) as session:
            await session.initialize()
            return await work(session)

    return apart.run(run)


@dataclass(frozen=True)
class Told:
    """What a client was told: the tools there are, the answers to all questions, a map."""

    tools: list[Any]
    answers: list[Any]
    picture: Any


@pytest.fixture(scope="module")
def told() -> Told:
    """All that is asked of a server by the client, in one session."""

    async def ask(session: Any) -> Told:
        listed = await session.list_tools()
        answers = [await session.call_tool(row["tool"], json.loads(row["arguments"])) for row in QUESTIONS]
        picture = await session.call_tool("map_picture", {"kind": "town", "language": "en"})
        return Told(listed.tools, answers, picture)

    found = talk(ask)
    assert isinstance(found, Told)
    return found


def structured(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content[0].text)
    return found


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=[row["question"] for row in QUESTIONS])
def test_a_question_is_answered_or_refused_rightly(told: Told, number: int) -> None:
    row, found = QUESTIONS[number], structured(told.answers[number])
    said = json.dumps(found, ensure_ascii=False)
    assert found["status"] == row["status"], said[:600]
    assert row["said"] in said
    assert row["source_id"] in {"", *(one["source_id"] for one in found["sources"])}
    if row["status"] == "known":
        assert found["sources"], "an answer carries its sources"
        assert all(one["cited"] and one["grade"] for one in found["sources"])
    if row["status"] == "refused":
        assert found["reason"]
        assert len(found.get("order", ())) < 2
    if row["status"] == "unknown":
        assert '"value": 0' not in said


def test_there_are_forty_answers_and_twenty_that_there_are_not() -> None:
    assert Counter(row["status"] for row in QUESTIONS) == {"known": 40, "unknown": 10, "refused": 10}
    assert len({row["question"] for row in QUESTIONS}) == 60


def test_the_client_sees_at_most_eight_tools_that_only_read(told: Told) -> None:
    listed = told.tools
    assert {tool.name for tool in listed} == {*TOOLS, "map_picture"}
    assert len(listed) <= 8
    for tool in listed:
        dumped = tool.model_dump(by_alias=True)
        assert dumped["annotations"]["readOnlyHint"] is True
        assert " · " in tool.description
        assert dumped["inputSchema"]["additionalProperties"] is False


def test_a_map_is_a_picture_with_sources(told: Told) -> None:
    words, picture = told.picture.content
    assert picture.mime_type == "image/png" if hasattr(picture, "mime_type") else picture.mimeType == "image/png"
    assert json.loads(words.text)["sources"]


def server(atlas: Atlas) -> Server:
    class Bound:
        def __init__(self, tool: Any) -> None:
            self.description, self.schema = tool.description, tool.schema
            self.answer = lambda **given: tool.answer(atlas, **given)

    return Server(lambda: {name: Bound(tool) for name, tool in TOOLS.items()})


def call(atlas: Atlas, name: str, **arguments: Any) -> dict[str, Any]:
    line = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    )
    answer = server(atlas).answer(line)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("compare", {"places": ["nowhere_at_all"]}, "nowhere_at_all"),
        ("compare", {"places": []}, "1 to 6"),
        ("compare", {"places": ["zhangjiang"], "measure": "ai_frms"}, "ai_firms"),
        ("compare", {"places": "zhangjiang"}, "array"),
        ("compare", {}, "'places' is missing"),
        ("rank", {"measure": "ai_firms", "level": "street"}, "layout"),
        ("rank", {"measure": "ai_firms", "loud": True}, "loud"),
        ("find", {"query": "x" * 300}, "200"),
        ("locate", {}, "lon and lat"),
        ("locate", {"lon": 1e300, "lat": 0}, "too large"),
        ("locate", {"lon": True, "lat": 0}, "number"),
        ("place", {"place": "zhangjiang", "language": "fr"}, "zh, en"),
    ],
)
def test_a_wrong_argument_is_told_not_guessed(atlas: Atlas, name: str, arguments: dict[str, Any], said: str) -> None:
    result = call(atlas, name, **arguments)["result"]
    assert result["isError"] is True
    assert said in result["content"][0]["text"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", -32700),
        ("[" * 100_000, -32700),
        ('"x"', -32600),
        ('{"id": 1}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', -32601),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "rm"}}', -32602),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}', -32602),
    ],
)
def test_what_is_no_request_is_an_error_and_not_an_end(atlas: Atlas, line: str, code: int) -> None:
    out = io.StringIO()
    server(atlas).serve([line + "\n", '{"jsonrpc":"2.0","id":9,"method":"ping"}\n'], out)
    first, second = (json.loads(one) for one in out.getvalue().splitlines())
    assert first["error"]["code"] == code
    assert second == {"jsonrpc": "2.0", "id": 9, "result": {}}


def test_a_tool_that_breaks_ends_nothing() -> None:
    class Broken:
        description, schema = "", {"properties": {"language": {"type": "string"}}, "required": []}

        def answer(self, **_: object) -> None:
            raise RuntimeError("a secret of the machine")

    out = io.StringIO()
    line = '{"id": 1, "method": "tools/call", "params": {"name": "broken"}}\n'
    Server(lambda: {"broken": Broken()}).serve([line, line], out)
    answers = [json.loads(one) for one in out.getvalue().splitlines()]
    assert [one["error"] for one in answers] == [{"code": -32603, "message": "RuntimeError"}] * 2


def test_the_version_asked_for_is_spoken_where_known(atlas: Atlas) -> None:
    for asked, spoken in ((VERSIONS[-1], VERSIONS[-1]), ("1999-01-01", VERSIONS[0])):
        line = json.dumps({"id": 1, "method": "initialize", "params": {"protocolVersion": asked}})
        answer = server(atlas).answer(line)
        assert answer is not None
        assert answer["result"]["protocolVersion"] == spoken
    assert server(atlas).answer('{"jsonrpc": "2.0", "method": "notifications/initialized"}') is None


def test_it_is_ready_before_the_library_is_loaded() -> None:
    """What answers the first request knows neither pandas nor an SDK: it is there at once."""
    code = (
        "import sys, io\nfrom geo.cli.main import main\n"
        'sys.stdin = io.StringIO(\'{"id": 1, "method": "initialize"}\')\n'
        "main(['mcp'])\n"
        "heavy = {'pandas', 'numpy', 'mcp', 'pydantic', 'shapely'}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["result"]["serverInfo"]["name"] == "geo"
    assert loaded == ""


def test_another_city_is_answered_for(tiny: Atlas) -> None:
    found = json.loads(call(tiny, "place", place="park_b", language="en")["result"]["content"][0]["text"])
    assert found["status"] == "known"
    assert call(tiny, "find", query="park")["result"]["structuredContent"]["found"]
