"""The one way in: addresses, what is kept, and that nothing of a session can get out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from geo.api import door
from geo.api.asking import Ask, Reply
from geo.atlas.atlas import Atlas


def test_an_answer_is_made_once_for_a_data_set(atlas: Atlas, tiny: Atlas) -> None:
    ask = Ask("/data/index.json", (), "", "https://one.example")
    first = door.answer(atlas, ask)
    assert door.answer(atlas, ask) is first
    assert door.kept_answer(atlas, ask) is first
    assert door.answer(tiny, ask).body != first.body
    assert door.answer(atlas, Ask("/data/index.json", (), "", "https://two.example")).body != first.body


def test_what_is_refused_is_not_kept(atlas: Atlas) -> None:
    ask = Ask("/data/nothing.csv")
    assert door.answer(atlas, ask).status == 404
    assert door.kept_answer(atlas, ask) is None


def test_what_is_kept_is_bounded() -> None:
    """The one that was not asked for the longest goes first; one that is too large is never kept."""
    kept = door.Kept(most_bytes=1000, most_of_one=400)
    for name in "abc":
        kept.put(name, Reply(bytes(300)))  # gzipped to some 25 bytes, which count too
    assert kept.get("a") is not None
    kept.put("d", Reply(bytes(300)))
    assert [kept.get(name) is not None for name in "abcd"] == [True, False, True, True]
    kept.put("e", Reply(bytes(401)))
    assert kept.get("e") is None
    kept.put("q" * 380, Reply(b"x"))  # a question may be long, and is held with its answer
    assert kept.get("q" * 380) is not None
    kept.put("q" * 500, Reply(b"x"))
    assert kept.get("q" * 500) is None


@pytest.mark.parametrize("path", ["/data/a/b.csv", "/data/", "/data/.csv/x", "/data/index.json/", "/elsewhere"])
def test_other_addresses_are_404(atlas: Atlas, path: str) -> None:
    assert door.answer(atlas, Ask(path)).status == 404


def test_the_tag_changes_with_the_bytes_and_what_they_are() -> None:
    tags = {
        Reply(b"a").digest,
        Reply(b"b").digest,
        Reply(b"a", "text/csv").digest,
        Reply(b"a", headers={"X": "1"}).digest,
    }
    assert len(tags) == 4


def test_the_room_knows_neither_web_framework_nor_a_users_table() -> None:
    """What answers cannot reach an upload: nothing that holds one is even imported."""
    code = (
        "import sys; from geo.api import door; import geo\n"
        "from geo.api.asking import Ask\n"
        "a = geo.Atlas.load()\n"
        "[door.answer(a, Ask(p)) for p in ('/data/index.json', '/data/facts.csv')]\n"
        "far = ('streamlit', 'starlette', 'folium', 'geo.web', 'geo.tables', 'geo.analysis.user')\n"
        "print(*sorted(name for name in sys.modules if name.startswith(far)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
