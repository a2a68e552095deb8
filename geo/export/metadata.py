"""Metadata of an export: a readme in both languages, and an ISO 19115 record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as Xml

from geo.analysis.values import cell, citation
from geo.base.messages import LANGUAGES, text
from geo.contract.notices import notice
from geo.export.contents import rows_of
from geo.export.job import Job
from geo.export.safe_text import xml_text

__all__ = ["boundary_lines", "credit", "iso19115", "readme", "source_lines"]

#: Most places whose boundaries are listed one by one; for more, see the columns of the layer.
_MOST_LINES = 2000


def credit(row: Mapping[Any, Any], language: str) -> str:
    """Return a source in one line: its citation and its address.

    Examples
    --------
    >>> credit({"title": "Plan", "publisher": "Council", "published": "2020", "url": "https://a.example"}, "en")
    'Council, “Plan”, 2020 https://a.example'
    """
    return " ".join(filter(None, [citation(row, language), cell(row, "url")]))


def boundary_lines(job: Job) -> list[str]:
    """Return method, accuracy and source of every boundary, a line each; if there are very many, only their number."""
    places = job.contents.places.frame
    if len(places) > _MOST_LINES:
        counts = places["method"].value_counts()
        return [f"{method}: {count} (method, accuracy_m)" for method, count in sorted(counts.items())]
    names = ("place_id", "method", "accuracy_m", "boundary_source_id")
    rows = zip(*(places[name] for name in names), strict=True)
    return [f"{place_id}: {method}, ±{accuracy} m, {source}" for place_id, method, accuracy, source in rows]


def source_lines(job: Job) -> list[str]:
    """Return all cited sources, a line each."""
    sources = job.contents.attributes("sources")
    return [f"[{row['grade']}] {row['source_id']}: {credit(row, job.language)}" for row in rows_of(sources)]


def readme(job: Job, *, sources: bool = True) -> str:
    """Return the readme in both languages: licence, edition, date, CRS, caveats and sources."""
    contents, meta = job.contents, job.contents.meta
    parts = []
    for language in LANGUAGES:

        def line(message: str, value: object, language: str = language) -> str:
            return f"{text(f'export.readme.{message}', language)}{value}"

        methods = contents.places.frame["method"].value_counts()
        lines = [
            meta[f"title_{language}"],
            "",
            line("format", getattr(job.format, f"name_{language}")),
            line("version", meta["version"]),
            line("data_date", meta["data_date"]),
            line("editions", ", ".join(contents.editions) or text("unknown", language)),
            line("crs", job.crs_text(language)),
            line("areas", ""),
            line("licence", f"{meta['geometry_licence']}; {meta['tables_licence']}"),
            line("attribution", meta[f"attribution_{language}"]),
            line("notice", notice(meta, language)),
            line("caveat", getattr(job.format, f"caveat_{language}")),
            "",
            line("layers", ""),
            *(f"  {layer.name}: {layer.title(language)}, {len(layer.frame)}" for layer in job.layers),
            line("methods", ""),
            *(f"  {text(f'method.{method}', language)}: {count}" for method, count in sorted(methods.items())),
            line("boundaries", ""),
        ]
        parts.append("\n".join(lines))
    boundaries = "\n".join(f"  {line}" for line in boundary_lines(job))
    if not sources:
        return "\n\n".join([*parts, f"{boundaries}\n"])
    listed = "\n".join(f"  {line}" for line in source_lines(job))
    tail = f"{boundaries}\n\n{text('export.readme.sources', 'zh')} · {text('export.readme.sources', 'en')}\n{listed}\n"
    return "\n\n".join([*parts, tail])


_GMD = "http://www.isotc211.org/2005/gmd"
_GCO = "http://www.isotc211.org/2005/gco"
_CODES = "http://www.isotc211.org/2005/resources/Codelist/gmxCodelists.xml"


def iso19115(job: Job) -> str:
    """Return an ISO 19115 record in ISO 19139 encoding: content, extent, date, licence, lineage.

    Notes
    -----
    The lineage statement lists method, accuracy and source of every boundary, and every cited source.
    """
    meta, contents = job.contents.meta, job.contents
    root = Xml.Element("gmd:MD_Metadata", {"xmlns:gmd": _GMD, "xmlns:gco": _GCO})
    _text(root, "fileIdentifier", f"{meta['atlas_id']}-{meta['version']}")
    _code(root, "language", "LanguageCode", "chi")
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", "dataset")
    _contact(_sub(root, "contact"), str(meta["title_en"]))
    _sub(_sub(root, "dateStamp"), "Date", prefix="gco").text = str(meta["data_date"])
    _text(root, "metadataStandardName", "ISO 19115:2003/19139")
    if job.crs is not None:
        system = _sub(_sub(root, "referenceSystemInfo"), "MD_ReferenceSystem")
        identifier = _sub(_sub(system, "referenceSystemIdentifier"), "RS_Identifier")
        authority = job.crs.to_authority() or ("", job.crs.name)
        _text(identifier, "code", authority[1])
        _text(identifier, "codeSpace", authority[0])
    data = _sub(_sub(root, "identificationInfo"), "MD_DataIdentification")
    citation = _sub(_sub(data, "citation"), "CI_Citation")
    _text(citation, "title", f"{meta['title_zh']} · {meta['title_en']}")
    dated = _sub(_sub(citation, "date"), "CI_Date")
    _sub(_sub(dated, "date"), "Date", prefix="gco").text = str(meta["data_date"])
    _code(dated, "dateType", "CI_DateTypeCode", "revision")
    _text(citation, "edition", str(meta["version"]))
    shown = ", ".join(f"{layer.title_zh} {layer.title_en} ({len(layer.frame)})" for layer in job.layers)
    _text(data, "abstract", f"{shown}. {notice(meta, 'zh')}。{notice(meta, 'en')}.")
    legal = _sub(_sub(data, "resourceConstraints"), "MD_LegalConstraints")
    _code(legal, "useConstraints", "MD_RestrictionCode", "license")
    for words in (
        f"{meta['geometry_licence']} (geometry); {meta['tables_licence']} (tables)",
        f"{meta['attribution_zh']} · {meta['attribution_en']}",
    ):
        _text(legal, "otherConstraints", words)
    _code(data, "language", "LanguageCode", "chi")
    _code(data, "language", "LanguageCode", "eng")
    _sub(_sub(data, "topicCategory"), "MD_TopicCategoryCode").text = "planningCadastre"
    box = _sub(_sub(_sub(_sub(data, "extent"), "EX_Extent"), "geographicElement"), "EX_GeographicBoundingBox")
    west, south, east, north = contents.places.frame.total_bounds
    for side, value in (("west", west), ("east", east), ("south", south), ("north", north)):
        name = f"{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}"
        _sub(_sub(box, name), "Decimal", prefix="gco").text = f"{value:.6f}"
    quality = _sub(_sub(root, "dataQualityInfo"), "DQ_DataQuality")
    _code(_sub(_sub(quality, "scope"), "DQ_Scope"), "level", "MD_ScopeCode", "dataset")
    lineage = _sub(_sub(quality, "lineage"), "LI_Lineage")
    _text(lineage, "statement", "\n".join([*boundary_lines(job), *source_lines(job)]))
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _sub(parent: Xml.Element, tag: str, prefix: str = "gmd", **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{prefix}:{tag}", attributes)


def _text(parent: Xml.Element, tag: str, words: str) -> None:
    _sub(_sub(parent, tag), "CharacterString", prefix="gco").text = xml_text(words)


def _code(parent: Xml.Element, tag: str, codelist: str, value: str) -> None:
    node = _sub(_sub(parent, tag), codelist, codeList=f"{_CODES}#{codelist}", codeListValue=value)
    node.text = value


def _contact(parent: Xml.Element, name: str) -> None:
    party = _sub(parent, "CI_ResponsibleParty")
    _text(party, "organisationName", name)
    _code(party, "role", "CI_RoleCode", "publisher")
