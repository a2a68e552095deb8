"""The notes on geocoded addresses in the user's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from geo.base.messages import text

__all__ = ["note_texts"]

#: More candidates than this are counted, not listed.
_LISTED = 6


def note_texts(
    notes: Sequence[tuple[tuple[str, str], ...]], names: Mapping[str, str], language: str
) -> list[str | None]:
    """Return the note on every row, None where there is none.

    Parameters
    ----------
    notes : sequence of n tuple of (str, str)
        As in `geo.addresses.geocoder.Found.notes`.
    names : mapping of str to str
        Names of districts, townships and places by id, in `language`.
    language : {"zh", "en"}

    Returns
    -------
    list of n str or None
        More than six areas are counted, not listed.
    """
    comma, stop = ("、", "；") if language == "zh" else (", ", "; ")

    @cache
    def said(message: str, subject: str) -> str:
        ids = subject[1:].split(" ") if subject.startswith("~") else []
        if len(ids) > _LISTED:
            return text(f"addresses.note.{message}_many", language, count=len(ids))
        told = comma.join(names.get(one, one) for one in ids) if ids else subject
        return text(f"addresses.note.{message}", language, names=told)

    return [stop.join(said(*one) for one in dict.fromkeys(row)) or None for row in notes]
