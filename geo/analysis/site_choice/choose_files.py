"""A choice as a file: the table of all places; a workbook also has the question, the answer and the rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.analysis.site_choice.choose import Choice
from geo.analysis.site_choice.choose_rows import choice_table
from geo.analysis.site_choice.choose_words import answer_texts, criterion_heading, definition_text, must_text, wish_text
from geo.assign.outputs import writing
from geo.assign.workbook import Sheet
from geo.atlas.atlas import Atlas
from geo.base.files import scratch_folder
from geo.base.messages import text
from geo.base.optional import needs

with needs("needs.writing_table", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["CHOICE_ENDINGS", "choice_file"]

#: File formats of a choice.
CHOICE_ENDINGS = (".xlsx", ".csv")

_WHOLE = ("rank", "rank_low", "rank_high")


def choice_file(atlas: Atlas, choice: Choice, ending: str, language: str) -> bytes:
    """Return a choice as a file.

    Parameters
    ----------
    atlas : Atlas
    choice : Choice
    ending : str
        One of `CHOICE_ENDINGS`.
    language : {"zh", "en"}
    """
    columns, rows = choice_table(atlas, choice, language)
    numbers = {"score", "score_high", *(one.key for one in choice.criteria.all)}
    arrays = [
        pa.array(list(cells), pa.int64() if name in _WHOLE else pa.float64() if name in numbers else pa.string())
        for name, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    table = pa.table(arrays, names=columns)
    with scratch_folder("choice") as folder:
        path = Path(folder) / f"choice{ending}"
        with writing(path, table.schema, language=language) as write:
            for batch in table.to_batches():
                write(batch)
            write.add_sheet(Sheet(text("choose.sheet", language), _about(atlas, choice, language)))
        return path.read_bytes()


def _about(atlas: Atlas, choice: Choice, language: str) -> list[list[Any]]:
    """Return the question, the answer, the definition of each criterion, and the rule."""
    lines = [[text("choose.answer", language), said] for said in answer_texts(atlas, choice, language)]
    lines += [[text("choose.must", language), must_text(atlas, one, language)] for one in choice.criteria.musts]
    lines += [[text("choose.wish", language), wish_text(atlas, one, language)] for one in choice.criteria.wishes]
    lines += [
        [criterion_heading(atlas, one, language), definition_text(atlas, one, language)] for one in choice.criteria.all
    ]
    lines += [[text("choose.rule", language), text("choose.method", language)]]
    return [[text("choose.criterion", language), text("choose.meaning", language)], *lines]
