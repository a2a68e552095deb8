"""Notes for the user: a message id with values, so that each can be given in 中文 and in English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.base.messages import text

__all__ = ["Note", "listed", "note"]


@dataclass(frozen=True, slots=True)
class Note:
    """A message ``tables.note.<id>`` and the values of its fields."""

    id: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: str) -> str:
        """Return the note in a language, ``zh`` or ``en``."""
        return text(f"tables.note.{self.id}", language, **dict(self.values))


def note(message_id: str, **values: object) -> Note:
    """Return a `Note` with this id and these values."""
    return Note(message_id, tuple(values.items()))


def listed(names: Sequence[str], most: int = 30) -> str:
    """Return names in quotes, joined; at most `most` of them."""
    return ", ".join(repr(name[:60]) for name in names[:most]) + (", …" if len(names) > most else "")
