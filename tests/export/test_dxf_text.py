from __future__ import annotations

from pathlib import Path

import ezdxf
import pyogrio
from hypothesis import given
from hypothesis import strategies as st

from geo.export.dxf_text import broken, literal, mtext, width_of


@given(st.text(alphabet=st.sampled_from("ab中\\{}^%;PUfC+'\" "), max_size=30))
def test_mtext_shows_the_text_itself(text: str) -> None:
    document = ezdxf.new("R2010")
    written = document.modelspace().add_mtext(mtext(text))
    assert written.plain_text() == text


def test_what_the_code_page_lacks_is_a_code_that_every_reader_knows(tmp_path: Path) -> None:
    assert literal("中 © ☃ 😀") == "中 (c) \\U+2603 \\U+D83D\\U+DE00"
    document = ezdxf.new("R2004")
    document.encoding = "gbk"
    document.header["$DWGCODEPAGE"] = "ANSI_936"
    document.modelspace().add_mtext(mtext("a ☃ 中"))
    document.saveas(tmp_path / "a.dxf")
    assert pyogrio.read_dataframe(tmp_path / "a.dxf")["Text"].tolist() == ["a ☃ 中"]


@given(st.text(alphabet="ab中，。 ", max_size=40))
def test_lines_keep_the_text_and_the_width(text: str) -> None:
    lines = broken(text, 2.0, 12.0)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line, 2.0) <= 12.0 for line in lines)
