"""The site choice in a report: answer, criteria, ranked places with reasons, the rule."""

from __future__ import annotations

from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, Candidate, Choice, choose
from geo.analysis.site_choice.choose_words import (
    answer_text,
    criterion_label,
    definition_text,
    must_text,
    open_text,
    rank_text,
    score_text,
    value_text,
    wish_text,
)
from geo.analysis.site_choice.criteria import Criteria, Criterion
from geo.analysis.site_choice.criteria_values import Spots
from geo.render.markup import Markup, join, tag
from geo.render.report.context import Context

__all__ = ["choice_part"]


def choice_part(ctx: Context, criteria: Criteria, spots: Spots | None = None) -> Markup:
    """Return the places shown, ranked by how they meet the criteria, each value with its source."""
    choice = choose(ctx.atlas, criteria, ctx.view, spots)
    lang = ctx.language
    asked = [(ctx.text("choose.must"), must_text(ctx.atlas, one, lang)) for one in criteria.musts]
    asked += [(ctx.text("choose.wish"), wish_text(ctx.atlas, one, lang)) for one in criteria.wishes]
    parts = [tag("p", answer_text(ctx.atlas, choice, lang), class_="rp-strong")]
    parts.append(tag("dl", *(tag("dt", name) + tag("dd", said) for name, said in asked)))
    for state in (FITS, OPEN):
        if found := choice.of(state):
            if criteria.musts:
                parts.append(tag("h3", ctx.text(f"choose.group.{state}", count=len(found))))
            columns = [ctx.text("rank.column.position"), ctx.text("rank.column.place"), ctx.text("choose.reasons")]
            parts.append(ctx.table(columns, [_row(ctx, choice, one) for one in found], class_="rp-choice rp-stack"))
    if failed := choice.of(FAILS):
        parts.append(tag("h3", ctx.text(f"choose.group.{FAILS}", count=len(failed))))
        parts.append(tag("ul", *(_failed(ctx, one) for one in failed), class_="rp-small"))
    parts.append(tag("p", ctx.text("choose.method"), class_="rp-quiet rp-small"))
    return join([*parts, *_meanings(ctx, criteria)])


def _row(ctx: Context, choice: Choice, one: Candidate) -> Markup:
    lang = ctx.language
    about = [ctx.text("choose.score", score=score)] if (score := score_text(one, lang)) else []
    if one.rank is not None and one.rank_low != one.rank_high:
        about.append(ctx.text("choose.between", ranks=rank_text(one, lang)))
    about += filter(None, [open_text(ctx.atlas, choice, one, lang)])
    place = ctx.place_link(one.place_id) + join(tag("span", said, class_="rp-below") for said in about)
    values = [tag("li", _value(ctx, one, criterion)) for criterion in choice.criteria.all]
    columns = [ctx.text("choose.reasons")]
    cells = ctx.cells(columns, [tag("ul", *values, class_="rp-values")])
    return tag("tr", tag("td", str(one.rank or "–")), tag("th", place, scope="row"), *cells)


def _value(ctx: Context, one: Candidate, criterion: Criterion) -> Markup:
    """Return a value with its label and source number; a value computed by this map cites the boundary's source."""
    cell = one.cells[criterion.key]
    if criterion.is_measure:
        ctx.measures_shown.add(criterion.kind)
    label = tag("span", criterion_label(ctx.atlas, criterion, ctx.language), class_="rp-key")
    said = tag(
        "span", value_text(ctx.atlas, criterion, cell, ctx.language), class_="" if cell.comparable else "rp-quiet"
    )
    cited = ctx.cite(cell.figure.source_id) if cell.figure and cell.figure.source_id else ""
    return join([label, said, cited])


def _failed(ctx: Context, one: Candidate) -> Markup:
    said = ctx.text("list.semicolon").join(must_text(ctx.atlas, must, ctx.language) for must in one.failed)
    return tag(
        "li", ctx.place_link(one.place_id), " ", tag("span", ctx.text("choose.not", musts=said), class_="rp-quiet")
    )


def _meanings(ctx: Context, criteria: Criteria) -> list[Markup]:
    """Return the meanings of criteria that are not measures; measures are defined in a section of their own."""
    lines = [
        tag("dt", criterion_label(ctx.atlas, one, ctx.language))
        + tag("dd", definition_text(ctx.atlas, one, ctx.language))
        for one in criteria.all
        if not one.is_measure
    ]
    return [tag("dl", *lines, class_="rp-small rp-quiet")] if lines else []
