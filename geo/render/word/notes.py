"""Footnotes, which python-docx lacks: a document part with one note per source; later references repeat its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from lxml import etree

__all__ = ["Footnotes", "element"]

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
#: Ids 0 and 1 are the separator lines above the notes.
_FIRST = 2


def element(tag: str, *children: Any, **attributes: str) -> Any:
    """Return an element of WordprocessingML; its attributes are in the same namespace."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    made.extend(children)
    return made


class Footnotes:
    """The notes of one document.

    Parameters
    ----------
    text_of : callable
        source_id → text of its footnote.
    text_style, number_style : str
        Style ids of footnotes and of their numbers.
    """

    def __init__(self, text_of: Callable[[str], str], text_style: str, number_style: str) -> None:
        self._text_of = text_of
        self._text_style, self._number_style = text_style, number_style
        self._numbers: dict[str, int] = {}

    def refer(self, source_id: str) -> Iterator[Any]:
        """Yield the runs for a source: at its first mention a footnote, afterwards a reference to its number."""
        look = element("rPr", element("rStyle", val=self._number_style))
        if source_id not in self._numbers:
            number = self._numbers[source_id] = len(self._numbers) + 1
            mark = {"id": str(number), "name": f"_Source{number}"}
            yield element("bookmarkStart", **mark)
            yield element("r", look, element("footnoteReference", id=str(number + _FIRST - 1)))
            yield element("bookmarkEnd", id=str(number))
            return
        number = self._numbers[source_id]
        yield element("r", look, element("fldChar", fldCharType="begin"))
        asked = element("instrText")
        asked.text = f" NOTEREF _Source{number} \\h "
        asked.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        yield element("r", asked)
        yield element("r", element("fldChar", fldCharType="separate"))
        shown = element("t")
        shown.text = str(number)
        yield element("r", element("rPr", element("rStyle", val=self._number_style)), shown)
        yield element("r", element("fldChar", fldCharType="end"))

    def attach(self, document: Any) -> None:
        """Add the footnotes part to a document."""
        root = etree.fromstring(f"<w:footnotes {nsdecls('w')}/>")
        for number, kind in enumerate(("separator", "continuationSeparator")):
            line = element("p", element("r", element(kind)))
            root.append(element("footnote", line, type=kind, id=str(number)))
        for source_id, number in self._numbers.items():
            root.append(self._note(source_id, number))
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        package = document.part.package
        part = Part(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, content, package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        notes = element("footnotePr", element("footnote", id="0"), element("footnote", id="1"))
        settings = document.settings.element
        # The schema prescribes an order: footnote settings come before the compatibility settings.
        settings.find(qn("w:compat")).addprevious(notes)

    def _note(self, source_id: str, number: int) -> Any:
        words = element("t")
        words.text = f" {self._text_of(source_id)}"
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        mark = element("r", element("rPr", element("rStyle", val=self._number_style)), element("footnoteRef"))
        look = element("pPr", element("pStyle", val=self._text_style))
        return element("footnote", element("p", look, mark, element("r", words)), id=str(number + _FIRST - 1))
