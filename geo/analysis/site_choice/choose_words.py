"""A choice in words: the question, the answer in a sentence, the reasons for each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.analysis.compare import Cell
from geo.analysis.labels import detail_text
from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, Candidate, Choice
from geo.analysis.site_choice.criteria import Criteria, Criterion, Must, Wish, criterion_kinds
from geo.analysis.units import heading
from geo.analysis.values import (
    cell_text,
    citation,
    distance_text,
    figure_text,
    measure_heading,
    measured,
    why_text,
)
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = [
    "answer_text",
    "answer_texts",
    "asked_texts",
    "criterion_heading",
    "criterion_label",
    "definition_text",
    "must_text",
    "open_text",
    "own_value_text",
    "rank_text",
    "score_text",
    "value_source",
    "value_text",
    "wish_text",
]

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def criterion_label(atlas: Atlas, criterion: Criterion, language: str) -> str:
    """Return the label of a criterion."""
    if criterion.is_measure:
        return str(atlas.rows("measures")[criterion.kind][f"label_{language}"])
    return criterion_kinds()[criterion.kind].labels[language].format(what=_about(atlas, criterion, language))


def _about(atlas: Atlas, criterion: Criterion, language: str) -> str:
    takes = criterion_kinds()[criterion.kind].takes
    if takes == "spot":
        if (spot := criterion.spot) is None:
            return atlas.name(criterion.about, language, short=True)
        return text("choose.spot", language, lon=f"{spot[0]:.9g}", lat=f"{spot[1]:.9g}")
    if takes == "institution_kind":
        name = text(f"map.institution.{criterion.about}", language)
        return name[:1].lower() + name[1:]
    if takes == "cluster":
        return str(atlas.rows("clusters")[criterion.about][f"name_{language}"])
    return distance_text(float(criterion.about), language) if takes else ""


def criterion_heading(atlas: Atlas, criterion: Criterion, language: str) -> str:
    """Return the heading above the values of a criterion: its label and unit."""
    if criterion.is_measure:
        return measure_heading(atlas, criterion.kind, language)
    unit = criterion_kinds()[criterion.kind].units[language]
    return heading(criterion_label(atlas, criterion, language), unit, language)


def definition_text(atlas: Atlas, criterion: Criterion, language: str) -> str:
    """Return the definition of a criterion."""
    if criterion.is_measure:
        return str(atlas.rows("measures")[criterion.kind][f"definition_{language}"] or "")
    return criterion_kinds()[criterion.kind].definitions[language]


def _number(atlas: Atlas, criterion: Criterion, value: float, qualifier: str, language: str) -> str:
    if criterion.is_measure:
        return measured(atlas, criterion.kind, value, qualifier, language)
    return figure_text(value, qualifier, criterion_kinds()[criterion.kind].units[language], language)


def must_text(atlas: Atlas, must: Must, language: str) -> str:
    """Return a condition in words, such as "Stations within 1 km ≥ 3 stations"."""
    label = criterion_label(atlas, must.criterion, language)
    if must.criterion.is_yes_or_no and (must.operator, must.number) == (">=", 1.0):
        return label
    return f"{label} {_SIGNS[must.operator]} {_number(atlas, must.criterion, must.number, 'exact', language)}"


def wish_text(atlas: Atlas, wish: Wish, language: str) -> str:
    """Return a wish in words: its label, whether more or less is better, its weight."""
    way = "more" if wish.weight > 0 else "less"
    label = criterion_label(atlas, wish.criterion, language)
    return text(f"choose.wish.{way}", language, label=label, weight=f"{abs(wish.weight):g}")


def asked_texts(atlas: Atlas, criteria: Criteria, language: str) -> list[str]:
    """Return the question, one line per condition and wish."""
    asked = [("choose.must", must_text(atlas, one, language)) for one in criteria.musts]
    asked += [("choose.wish", wish_text(atlas, one, language)) for one in criteria.wishes]
    return [text("choose.asked", language, kind=text(kind, language), criterion=said) for kind, said in asked]


def value_text(atlas: Atlas, criterion: Criterion, one: Cell, language: str) -> str:
    """Return the value of a criterion at a place in one line, with date, detail and the reasons not to compare it."""
    if criterion.is_measure:
        said = cell_text(atlas, one, language)
        if one.figure and one.figure.is_computed and not one.reasons and one.figure.detail:
            detail = detail_text(atlas, one.figure.detail, language, most=3)
            said = text("value.dated", language, value=_computed(atlas, criterion, one, language), date=detail)
        return said
    why = why_text(atlas, one.reasons, language)
    return text("list.semicolon", language).join(filter(None, [own_value_text(atlas, criterion, one, language), why]))


def _computed(atlas: Atlas, criterion: Criterion, one: Cell, language: str) -> str:
    assert one.figure is not None
    return _number(atlas, criterion, one.figure.value, one.figure.qualifier, language)


def own_value_text(atlas: Atlas, criterion: Criterion, one: Cell, language: str) -> str:
    """Return the value of a criterion that is not a measure, without the reasons not to compare it."""
    if one.figure is None:
        return text("choose.no_points" if criterion.asks_points else "value.none", language)
    if criterion.is_yes_or_no:
        return text(f"choose.cluster.{'yes' if one.figure.value else 'no'}", language)
    said = _computed(atlas, criterion, one, language)
    if one.figure.detail in atlas.institutions.index:
        name = str(atlas.institutions.at[one.figure.detail, f"name_{language}"])
        return text("value.dated", language, value=said, date=name)
    return said


def value_source(atlas: Atlas, one: Cell, language: str) -> str:
    """Return the source of a value in one line, for a computed value that of the boundary; "" if it has no source."""
    if one.figure is None or not one.figure.source_id:
        return ""
    row = atlas.rows("sources")[one.figure.source_id]
    said = f"{citation(row, language)} [{row['grade']}]"
    return text("choose.by_map", language, source=said) if one.figure.is_computed else said


def score_text(one: Candidate, language: str) -> str:
    """Return the score of a place, from the certain to the possible score; "" if there are no wishes.

    Examples
    --------
    >>> score_text(Candidate("a", "fits", {}, {}, 0.5, 0.75), "en"), score_text(Candidate("a", "fits", {}, {}), "en")
    ('0.50–0.75', '')
    """
    if one.score is None or one.score_high is None:
        return ""
    low, high = f"{one.score:.2f}", f"{one.score_high:.2f}"
    return low if low == high else f"{low}–{high}"


def rank_text(one: Candidate, language: str) -> str:
    """Return the range of ranks of a place when weights change, "" if it has no rank."""
    if one.rank is None:
        return ""
    return str(one.rank) if one.rank_low == one.rank_high else f"{one.rank_low}–{one.rank_high}"


def open_text(atlas: Atlas, choice: Choice, one: Candidate, language: str) -> str:
    """Return which criteria of a place are unknown, and for which only a bound is known; "" if all are known."""
    known = {criterion.key: criterion for criterion in choice.criteria.all}
    said = []
    for message, bounded in (("choose.unknown", False), ("choose.bounded", True)):
        keys = [key for key in one.unknown if one.cells[key].comparable == bounded]
        names = text("list.comma", language).join(criterion_label(atlas, known[key], language) for key in keys)
        said += [text(message, language, names=names)] if keys else []
    return text("list.semicolon", language).join(said)


def answer_texts(atlas: Atlas, choice: Choice, language: str) -> list[str]:
    """Return the answer: which place is first and how robustly, how many fit, for how many that is unknown."""
    fit, still, fail = (choice.of(state) for state in (FITS, OPEN, FAILS))
    count: dict[str, Any] = {"total": len(choice.candidates), "fit": len(fit), "open": len(still), "fail": len(fail)}
    said = []
    best = [one for one in choice.ranked if one.rank == 1]
    if best:
        names = text("list.comma", language).join(atlas.name(one.place_id, language) for one in best)
        said.append(text("choose.answer.first", language, places=names, score=score_text(best[0], language)))
        said += _firm(choice, best, language)
    # Places for which no wish is known: they have no rank, and the answer says nothing for or against them.
    if best and (silent := len(fit) - len([one for one in fit if one.rank is not None])):
        said.append(text("choose.answer.silent", language, count=silent, total=len(choice.candidates)))
    if choice.criteria.musts:
        said.append(text("choose.answer.fit" if fit else "choose.answer.none", language, **count))
    if fit and choice.criteria.wishes and not best:
        said.append(text("choose.answer.unranked", language))
    if against := choice.criteria.excluding:
        names = text("list.comma", language).join(criterion_label(atlas, one, language) for one in against)
        said.append(text("choose.answer.excluding", language, names=names))
    elif still:
        said.append(text("choose.answer.open", language, **count))
    return said


def answer_text(atlas: Atlas, choice: Choice, language: str) -> str:
    """Return the answer as one paragraph."""
    return ("" if language == "zh" else " ").join(answer_texts(atlas, choice, language))


def _firm(choice: Choice, best: Sequence[Candidate], language: str) -> list[str]:
    """Return how far the first rank changes with the weights, and which partly unknown places could come before it."""
    worst = max(one.rank_high or 1 for one in best)
    said = [text("choose.answer.firm" if worst == 1 else "choose.answer.moves", language, worst=worst)]
    if rivals := len([one for one in choice.rivals(best[0]) if one not in best]):
        said.append(text("choose.answer.rivals", language, count=rivals))
    return said
