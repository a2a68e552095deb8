"""Where to settle: the order equals brute force on random criteria; what is unknown is neither 0 nor dropped."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from geo.analysis.compare import Cell, Reason
from geo.analysis.figures import Figure
from geo.analysis.site_choice import choose as module
from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, Candidate, choose
from geo.analysis.site_choice.criteria import Criteria
from geo.analysis.site_choice.criteria_values import criterion_cells
from geo.atlas.atlas import Atlas
from geo.errors import UsageError

KEYS = (
    *("stations_1km", "centre_km", "area_official_km2", "resident_firms", "floor_area", "nearest_station_m"),
    *("institutions:lab", "institutions:company", "cluster:robots_hardware", "cluster:software_algorithms"),
    *("nearest_km:university", "distance_km:121.6,31.2", "opened_year", "investment"),
)

Ends = tuple[float, float]


def ends_of(cell: Cell) -> Ends | None:
    """Return what the true value lies between, None where the figure may not be used."""
    if cell.figure is None or cell.reasons:
        return None
    value = cell.figure.value
    return {"over": (value, 1e99), "under": (-1e99, value), "at_most": (-1e99, value)}.get(
        cell.figure.qualifier, (value, value)
    )


def brute(cells: Mapping[str, Mapping[str, Cell]], musts: list[tuple[str, str, float]], weights: Mapping[str, float]):
    """Return what `choose` gives, by trying every corner of what is unknown and every weight: slow, short, plain."""
    places = list(next(iter(cells.values())))
    states, scores = {}, {}
    for place in places:
        answers = []
        for key, operator, number in musts:
            ends = ends_of(cells[key][place])
            if ends is None:
                answers.append(None)
                continue
            said = set()
            # The true value lies strictly beyond a bound, or on a ceiling: just inside, half way, and far out.
            ceiling = cells[key][place].figure.qualifier == "at_most"
            inside = (
                [ends[0]]
                if ends[0] == ends[1]
                else [ends[0] + 1e-7, ends[1] - 1e-7, number, number + 1e-6, number - 1e-6]
            )
            for value in inside:
                if ends[0] == ends[1] or ends[0] < value < ends[1] or (ceiling and value == ends[1]):
                    said.add(eval(f"value {operator} number"))
            answers.append(said.pop() if len(said) == 1 else None)
        states[place] = FAILS if False in answers else OPEN if None in answers else FITS
    for key, weight in weights.items():
        usable = [ends_of(cell) for cell in cells[key].values()]
        stated = [cell.figure.value for cell in cells[key].values() if ends_of(cell) is not None]
        for place, ends in zip(places, usable, strict=True):
            if ends is None:
                scores[place, key] = (0.0, 1.0)
            elif min(stated) == max(stated):
                scores[place, key] = (1.0, 1.0)
            else:
                span = max(stated) - min(stated)
                both = [(min(max(stated), max(min(stated), end)) - min(stated)) / span for end in ends]
                scores[place, key] = tuple(sorted(both if weight > 0 else [1 - one for one in both]))

    def order(changed: Mapping[str, float]) -> dict[str, tuple[int, Ends]]:
        whole = sum(map(abs, changed.values()))
        total = {
            place: tuple(sum(abs(w) * scores[place, key][end] for key, w in changed.items()) / whole for end in (0, 1))
            for place in places
        }
        told = [p for p in places if states[p] == FITS and any(scores[p, key] != (0, 1) for key in changed)]
        ranks = {}
        for place in told:
            ahead = [
                other
                for other in told
                if total[other][0] > total[place][0] + 1e-9
                or (abs(total[other][0] - total[place][0]) <= 1e-9 and total[other][1] > total[place][1] + 1e-9)
            ]
            ranks[place] = len(ahead) + 1
        return {place: (ranks.get(place), total[place]) for place in places}

    usual = order(weights)
    moved = [order({**weights, key: weights[key] * f}) for key in weights for f in (1.2, 0.8)]
    result = {}
    for place in places:
        rank, total = usual[place]
        ranks = [one[place][0] for one in (usual, *moved)]
        result[place] = (states[place], rank, *((min(ranks), max(ranks)) if rank else (None, None)), total)
    return result


def test_equals_brute_force_on_a_hundred_random_sets_of_criteria(atlas: Atlas) -> None:
    rng = random.Random(20261129)
    ids = atlas.layout_ids
    table = {key: criterion_cells(atlas, Criteria.parse(f"{key}=1", atlas).all[0], ids) for key in KEYS}
    by_place = {key: {cell.place_id: cell for cell in column} for key, column in table.items()}
    seen: set[str] = set()
    for _ in range(100):
        weights = {key: rng.choice((-3, -2, -1, -0.5, 0.5, 1, 2, 3)) for key in rng.sample(KEYS, rng.randint(1, 5))}
        musts = []
        for key in rng.sample(KEYS, rng.randint(0, 2)):
            known = [cell.value for cell in table[key] if cell.value is not None]
            musts.append((key, rng.choice((">=", "<=", ">", "<")), rng.choice(known)))
        asked = [*(f"{key}{op}{number!r}" for key, op, number in musts), *(f"{key}={w}" for key, w in weights.items())]
        wanted = brute(by_place, musts, weights)
        found = choose(atlas, Criteria.parse(asked, atlas), ids)
        assert {one.place_id for one in found.candidates} == set(ids)  # nobody is dropped
        for one in found.candidates:
            state, rank, low, high, total = wanted[one.place_id]
            assert (one.state, one.rank, one.rank_low, one.rank_high) == (state, rank, low, high), (asked, one.place_id)
            assert (one.score, one.score_high) == pytest.approx(total, abs=1e-12)
        ranks = [one.rank for one in found.ranked]
        assert ranks == sorted(ranks)
        states = [module.STATES.index(one.state) for one in found.candidates]
        assert states == sorted(states)
        seen |= {one.state for one in found.candidates}
    assert seen == {FITS, OPEN, FAILS}


def made(monkeypatch: pytest.MonkeyPatch, columns: dict[str, dict[str, Cell]]) -> None:
    """Let the criteria have these cells."""
    monkeypatch.setattr(
        module, "criterion_cells", lambda atlas, one, ids, spots: [columns[one.key][place] for place in ids]
    )


def cell(place: str, value: float | None, qualifier: str = "exact", *why: str) -> Cell:
    figure = None if value is None else Figure(place, "m", value, qualifier)
    return Cell(place, "layout", figure, reasons=tuple(map(Reason, why)))


def told(found: module.Choice) -> dict[str, tuple[str, int | None, float, float]]:
    return {
        one.place_id: (one.state, one.rank, round(one.score or 0, 4), round(one.score_high or 0, 4))
        for one in found.candidates
    }


def test_by_hand(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five places, two wishes, one condition, as one would do it on paper."""
    values = {"a": 0.0, "b": 10.0, "c": 5.0, "d": None, "e": 10.0}
    areas = {
        "a": cell("a", 1),
        "b": cell("b", 3, "over"),
        "c": cell("c", 5),
        "d": cell("d", 5),
        "e": cell("e", 3, "under"),
    }
    firms = {key: cell(key, value) for key, value in values.items()} | {"e": cell("e", 10.0, "exact", "scope")}
    made(monkeypatch, {"area_official_km2": areas, "resident_firms": firms})
    found = choose(atlas, Criteria.parse("area_official_km2>=3;area_official_km2=1;resident_firms=3", atlas), "abcde")
    # Over 3 is at least 3; under 3 is not; of 1 it is known that it does not hold.
    assert told(found) == {
        "b": (FITS, 1, 0.875, 1.0),
        "c": (FITS, 2, 0.625, 0.625),
        "d": (FITS, 3, 0.25, 1.0),
        "e": (FAILS, None, 0.0, 0.875),
        "a": (FAILS, None, 0.0, 0.0),
    }
    assert found.ranges == {"area_official_km2": (1, 5), "resident_firms": (0, 10)}
    by_id = {one.place_id: one for one in found.candidates}
    assert by_id["d"].unknown == ("resident_firms",)
    assert by_id["b"].unknown == ("area_official_km2",)
    assert [one.place_id for one in found.rivals(by_id["b"])] == ["d"]


def test_a_weight_that_moves_turns_ranks_round(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is best in one thing and two in the other: with equal weights they are even, and each may lead."""
    made(
        monkeypatch,
        {
            "centre_km": {"a": cell("a", 0), "b": cell("b", 10), "c": cell("c", 10)},
            "area_km2": {"a": cell("a", 0), "b": cell("b", 10), "c": cell("c", 0)},
        },
    )
    found = choose(atlas, Criteria.parse("centre_km=-1;area_km2=1", atlas), "abc")
    assert {one.place_id: (one.rank, one.rank_low, one.rank_high) for one in found.candidates} == {
        "a": (1, 1, 2),
        "b": (1, 1, 2),
        "c": (3, 3, 3),
    }


def test_what_is_unknown_of_a_condition_stands_apart(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    made(
        monkeypatch,
        {
            "tax": {
                "a": cell("a", 500, "over"),
                "b": cell("b", None),
                "c": cell("c", 700),
                "d": cell("d", 9, "exact", "scope"),
            }
        },
    )
    found = choose(atlas, Criteria.parse("tax>=600", atlas), "abcd")
    assert told(found) == {
        "c": (FITS, None, 0.0, 0.0),  # nothing is wished: no order
        "a": (OPEN, None, 0.0, 0.0),
        "b": (OPEN, None, 0.0, 0.0),
        "d": (OPEN, None, 0.0, 0.0),
    }
    assert all(one.score is None for one in found.candidates)
    assert [[must.text for must in one.open] for one in found.of(OPEN)] == [["tax>=600"]] * 3
    at_most = choose(atlas, Criteria.parse("tax<=500", atlas), "abcd")
    assert {one.place_id: one.state for one in at_most.candidates} == {"a": FAILS, "b": OPEN, "c": FAILS, "d": OPEN}


@pytest.mark.parametrize(
    ("asked", "state"),
    [("<0.28", OPEN), ("<=0.28", FITS), (">=0.28", OPEN), (">0.28", FAILS), ("<0.29", FITS), (">=0.29", FAILS)],
)
def test_a_computed_ceiling_may_be_reached(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, asked: str, state: str
) -> None:
    made(monkeypatch, {"tax": {"a": cell("a", 0.28, "at_most")}})
    assert [one.state for one in choose(atlas, Criteria.parse(f"tax{asked}", atlas), "a").candidates] == [state]


def test_a_place_of_which_nothing_is_known_has_no_rank(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    made(monkeypatch, {"tax": {"a": cell("a", None), "b": cell("b", 4), "c": cell("c", 4)}})
    found = choose(atlas, Criteria.parse("tax=1", atlas), "abc")
    assert told(found) == {"b": (FITS, 1, 1.0, 1.0), "c": (FITS, 1, 1.0, 1.0), "a": (FITS, None, 0.0, 1.0)}
    assert found.candidates[-1].nothing_known


def test_without_a_criterion_nothing_is_chosen(atlas: Atlas) -> None:
    with pytest.raises(UsageError, match="no place to choose from"):
        choose(atlas, Criteria.parse("tax=1", atlas), [])
    with pytest.raises(UsageError, match="no criterion is given"):
        choose(atlas, Criteria(), atlas.layout_ids)
    assert Candidate("a", FITS, {}, {}).unknown == ()


def test_a_condition_reorders_nobody(atlas: Atlas) -> None:
    """Scores are taken over all places chosen from: what must hold besides changes no score."""
    bare = choose(atlas, Criteria.parse("centre_km=-1;institutions:lab=1", atlas), atlas.layout_ids)
    bound = choose(
        atlas, Criteria.parse("area_official_km2>=5;centre_km=-1;institutions:lab=1", atlas), atlas.layout_ids
    )
    scores = {one.place_id: (one.score, one.score_high) for one in bare.candidates}
    assert {one.place_id: (one.score, one.score_high) for one in bound.candidates} == scores
    kept = [one.place_id for one in bound.ranked]
    assert kept == [one.place_id for one in bare.ranked if one.place_id in kept]
    assert 1 < len(kept) < len(bare.ranked)
