"""What every map and file must say of itself: that borders are for reference, and whether the map was approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.base.messages import text
from geo.contract.box import CHINA_BOX, may_be_in_china

__all__ = ["approval_notice", "notice"]


#: The country whose maps need an approval number, ISO 3166-1.
_ASKS = "CN"


def approval_notice(meta: Mapping[str, Any], language: str) -> str:
    """Return the number under which a map was approved (审图号), or that it was not; "" where no map needs one.

    A map shown in public in China needs such a number: ``approval_number`` of ``atlas.toml``. Where ``country`` says
    nothing, a city whose ``bbox`` may lie there is taken to; no other is.

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
    """Return the border notice of an atlas and, beside it, that of map approval, in one line."""
    return " · ".join(filter(None, [meta[f"border_notice_{language}"], approval_notice(meta, language)]))
