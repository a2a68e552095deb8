"""Words for the coded values of a column, for the forms and legends of a GIS."""

from __future__ import annotations

from geo.atlas.atlas import Atlas
from geo.base.messages import catalogue, text
from geo.contract.schema import Column

__all__ = ["value_words"]

#: Column → message id of a value.
_MESSAGES = {
    "method": "method.{value}",
    "status": "export.value.status.{value}",
    "placed_by": "institution.placed.{value}",
    "qualifier": "export.value.qualifier.{value}",
    "grade": "export.value.grade.{value}",
}


def value_words(atlas: Atlas, column: Column, language: str) -> dict[str, str]:
    """Return value → words in the order of the contract; {} for a column without a fixed set of values.

    Examples
    --------
    >>> from geo.contract.schema import table
    >>> value_words(Atlas.load(), table("facts").column("qualifier"), "en")["over"]
    'over'
    """
    if column.references == "kinds.kind":
        return atlas.choices("kinds", language)
    last = next((name for name in _MESSAGES if column.name == name or column.name.endswith(f"_{name}")), "")
    words = {}
    for value in column.allowed:
        message = _MESSAGES.get(last, "").format(value=value)
        if column.table == "institutions" and column.name == "kind":
            message = f"map.institution.{value}"
        words[value] = text(message, language) if message in catalogue() else value
    return words
