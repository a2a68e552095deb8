from __future__ import annotations

import re

from geo.render.figure.marks import Sheet
from geo.render.figure.pdf import pdf_bytes

TOLD = {"title": "图", "author": "我们", "date": "2026-11-29", "language": "zh"}


def test_a_pdf_has_its_text_its_font_its_paper_and_the_same_bytes(made_sheet: Sheet) -> None:
    made = pdf_bytes([made_sheet, made_sheet], **TOLD)
    assert made == pdf_bytes([made_sheet, made_sheet], **TOLD)
    assert made != pdf_bytes([made_sheet], **TOLD)
    assert b"D:20261129" in made
    assert len(re.findall(rb"/Type /Page\n", made)) == 2
    assert set(re.findall(rb"/MediaBox \[([^\]]*)\]", made)) == {b"0 0 200.00 100.00"}
    # Two weights, embedded, with what a reader needs to find text.
    assert made.count(b"/ToUnicode") == 2
    assert len(re.findall(rb"/FontFile[23] ", made)) == 2
