"""Validation of ``atlas.toml``, both in the seeds and as embedded in the layers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from geo.base.messages import LANGUAGES
from geo.contract.box import is_box
from geo.contract.cells import CONTROL
from geo.contract.datapackage import ATLAS_ID
from geo.contract.periods import Period

__all__ = ["check_meta"]

_KEYS = {
    "atlas_id": str,
    "title_zh": str,
    "title_en": str,
    "languages": list,
    "city_place_id": str,
    "bbox": list,
    "metric_crs": str,
    "context_scope": str,
    "default_edition": str,
    "data_date": str,
    "version": str,
    "border_notice_zh": str,
    "border_notice_en": str,
    "attribution_zh": str,
    "attribution_en": str,
    "geometry_licence": str,
    "tables_licence": str,
    "reference_point": dict,
}

#: Tables of names for areas of the map that have no shape of their own.
_GROUND = ("sea", "neighbour")


def check_meta(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every missing or wrong key, with the problem and what to write instead.

    Parameters
    ----------
    meta : mapping
        As parsed from TOML or JSON.
    """
    for key, kind in _KEYS.items():
        if not isinstance(meta.get(key), kind):
            yield key, f"{key} is missing or not a {kind.__name__}: add it"
    yield from ((key, problem) for key, problem in _values(meta) if isinstance(meta.get(key), _KEYS.get(key, object)))
    yield from (
        (key, f"{key} has a control character: remove it") for key, value in meta.items() if _has_control(value)
    )


def _values(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(ATLAS_ID, str(meta.get("atlas_id"))):
        told = f"atlas_id is {str(meta.get('atlas_id'))[:80]!r}"
        yield "atlas_id", f"{told}: it names files, so write at most 60 lower-case ASCII letters, digits, _ and -"
    if not is_box(meta.get("bbox")):
        yield "bbox", f"bbox is {meta.get('bbox')}: write [west, south, east, north] in degrees"
    odd = [name for name in meta.get("languages") or () if name not in LANGUAGES]
    if odd:
        yield "languages", f"languages names {odd[0]!r}: allowed are {', '.join(LANGUAGES)}"
    if not getattr(Period.of(str(meta.get("data_date"))), "day", 0):
        yield "data_date", f"data_date is {meta.get('data_date')!r}: write YYYY-MM-DD"
    if not re.fullmatch(r"\w[\w.+-]{0,39}", str(meta.get("version")), re.ASCII):
        told = f"version is {str(meta.get('version'))[:80]!r}"
        yield "version", f"{told}: write at most 40 ASCII letters, digits, dots, +, _ and -, such as 2026.11.1"
    if not isinstance(meta.get("approval_number", ""), str):
        yield "approval_number", "approval_number is no text: write the number in quotes, or an empty text"
    if not re.fullmatch("[A-Z]{2}", str(meta.get("country", "CN"))):
        told = f"country is {str(meta['country'])[:80]!r}"
        yield "country", f"{told}: write its two letters of ISO 3166-1, such as CN or SG, or leave it out"
    if not _is_point(meta.get("reference_point")):
        yield "reference_point", "reference_point needs name_zh, name_en, lon and lat, in degrees"
    names = meta.get("ground_names", [])
    if not (isinstance(names, list) and all(_is_point(one) and one.get("role") in _GROUND for one in names)):
        told = "each of ground_names needs role, name_zh, name_en, lon and lat, in degrees"
        yield "ground_names", f"{told}; roles are {', '.join(_GROUND)}"


def _is_point(point: Any) -> bool:
    if not (isinstance(point, dict) and all(isinstance(point.get(key), str) for key in ("name_zh", "name_en"))):
        return False
    lon, lat = point.get("lon"), point.get("lat")
    return _is_number(lon) and _is_number(lat) and abs(lon) <= 180 and abs(lat) <= 90


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _has_control(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_control, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_control, value))
    return isinstance(value, str) and CONTROL.search(value) is not None
