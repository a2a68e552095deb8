"""Suggestions of the nearest known name, for error messages on unknown names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from geo.base.fold import fold
from geo.base.told import both, told
from geo.errors import UsageError

__all__ = ["nearest", "no_such", "unknown_part"]

_PARTS = {
    "layer": ("refused.no_layer", "refused.no_layer_near"),
    "sheet": ("refused.no_sheet", "refused.no_sheet_near"),
}

_FEW = 8
_NEAR = 3


def nearest(given: str, allowed: Iterable[str], called: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return up to three allowed names that `given` may mean, nearest first.

    Parameters
    ----------
    given : str
    allowed : iterable of str
    called : mapping of str to str, optional
        Other names of the allowed ones: normalised name → allowed name.

    Examples
    --------
    >>> nearest("ai_frm", ["area_km2", "ai_firms"]), nearest("robots", ["robots_hardware"]), nearest("x", ["y"])
    (['ai_firms'], ['robots_hardware'], [])
    """
    names = {**called, **{fold(name): name for name in allowed}}
    key = fold(given)
    alike = difflib.get_close_matches(key, list(names), n=_NEAR, cutoff=0.6)
    holding = [name for name in names if key and (key in name or (len(name) > 2 and name in key))]
    return list(dict.fromkeys(names[name] for name in [*alike, *holding]))[:_NEAR]


def no_such(
    what: str, given: str, allowed: Iterable[str], called: Mapping[str, str] = MappingProxyType({}), *, where: str = ""
) -> UsageError:
    """Return the error for a name that is not there: the nearest allowed names, or the first if none is near.

    Parameters
    ----------
    what : str
        What was named: the end of the id of a message, ``unknown.what.…``.
    given : str
    allowed : iterable of str
    called : mapping of str to str, optional
        As in `nearest`.
    where : str, optional
        The file or option that the message begins with.

    Examples
    --------
    >>> print(no_such("column", "lgn", ["lng", "lat"], where="a.csv"))
    a.csv: no column 'lgn': did you mean lng?
    >>> print(no_such("column", "?", ["lng", "lat"]).translations["zh"])
    没有列“?”；有的是：lng、lat
    """
    allowed = list(allowed)
    words: dict[str, Any] = {"what": both(f"unknown.what.{what}"), "given": given[:80]}
    words["where"] = {"zh": f"{where}：", "en": f"{where}: "} if where else ""
    if near := nearest(given, allowed, called):
        return told(
            UsageError, "refused.unknown_near", near={"zh": " 或 ".join(near), "en": " or ".join(near)}, **words
        )
    if not allowed:
        return told(UsageError, "refused.unknown_none", **words)
    few, more = allowed[:_FEW], len(allowed) - _FEW
    known = {"zh": "、".join(few), "en": ", ".join(few)}
    if more > 0:
        return told(UsageError, "refused.unknown_many", known=known, more=str(more), **words)
    return told(UsageError, "refused.unknown", known=known, **words)


def unknown_part(what: str, given: str, allowed: Iterable[str], name: str) -> UsageError:
    """Return the error for a missing layer or sheet: those in the file, and the nearest, in every language.

    Examples
    --------
    >>> str(unknown_part("layer", "road", ["roads", "water"], "a.gpkg"))
    "a.gpkg: no layer 'road': there are roads, water; did you mean roads?"
    """
    allowed = list(allowed)
    near = nearest(given, allowed)
    row = _PARTS[what][bool(near)]
    return told(UsageError, row, name=name, given=given[:80], known=", ".join(allowed), near=", ".join(near))
