"""The order in which names are listed in a language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from geo.base.fold import fold

__all__ = ["name_order"]


def name_order(row: Mapping[str, Any], language: str) -> tuple[bytes, str]:
    """Return the key by which a row is sorted among others: its name in the language.

    Parameters
    ----------
    row : mapping
        With ``name_zh`` and ``name_en``.
    language : str
        In "zh" names stand in the order of GB 2312: Latin letters, then its 3,755 common characters by pinyin, then
        the rest. In "en" they stand by letter, whatever the case and accent.

    Returns
    -------
    tuple of (bytes, str)

    Notes
    -----
    A character of several sounds stands by the commonest. No package is needed, so that every output has one order.

    Examples
    --------
    >>> names = ["中园", "ABC", "北园", "安园"]
    >>> sorted(names, key=lambda name: name_order({"name_zh": name}, "zh"))
    ['ABC', '安园', '北园', '中园']
    """
    name = fold(str(row[f"name_{language}"]))
    if language == "zh":
        return name.encode("gb18030"), name
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return plain.encode(), name
