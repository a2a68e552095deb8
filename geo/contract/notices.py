"""Notices required on every map and file: borders are for reference only; whether the map was approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.base.messages import text
from geo.contract.box import CHINA_BOX, may_be_in_china

__all__ = ["approval_notice", "notice"]


#: The country whose public maps need an approval number, ISO 3166-1.
_ASKS = "CN"


def approval_notice(meta: Mapping[str, Any], language: str) -> str:
    """Return the map approval number (审图号), or the notice that there is none; "" where no approval is needed.

    A map shown in public in China needs an approval number: ``approval_number`` of ``atlas.toml``. If ``country`` is
    not stated, a city whose ``bbox`` may lie in China is taken to need one.

    Examples
    --------
    >>> approval_notice({"approval_number": ""}, "zh")
    '未经审图，仅供参考'
    >>> approval_notice({"approval_number": "沪S(2026)001号"}, "zh")
    '审图号：沪S(2026)001号'
    >>> approval_notice({"country": "SG"}, "en"), approval_notice({"bbox": [9.9, 49.9, 10.5, 50.3]}, "en")
    ('', '')
    """
    number = str(meta.get("approval_number") or "").strip()
    if number:
        return text("notice.approved", language, number=number)
    there = may_be_in_china(meta.get("bbox", CHINA_BOX))
    asks = meta.get("country", _ASKS if there else "") == _ASKS
    return text("notice.not_approved", language) if asks else ""


def notice(meta: Mapping[str, Any], language: str) -> str:
    """Return the border notice of an atlas, followed by the notice of map approval, in one line."""
    return " · ".join(filter(None, [meta[f"border_notice_{language}"], approval_notice(meta, language)]))
