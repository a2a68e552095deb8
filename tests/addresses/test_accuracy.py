"""Accuracies that hold what they say, and no wider than they must be."""

from __future__ import annotations

import numpy as np
import pytest

from geo.addresses.accuracy import SHARE, Accuracy


def cases(n: int, seed: int = 3) -> tuple[list[str], np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    how = chance.choice(["exact", "between"], n)
    error = np.where(how == "exact", 15.0, chance.uniform(20, 400, n))
    # exact ones are twice as far off as guessed, others half as far; one in thirty is a gross error
    off = chance.rayleigh(1.0, n) * error * np.where(how == "exact", 2.0, 0.5)
    off[chance.random(n) < 1 / 30] += 3000
    return list(how), error, off


def test_new_cases_lie_within_what_is_stated() -> None:
    accuracy = Accuracy.measured(*cases(6000))
    how, error, off = cases(6000, seed=8)
    stated = np.array([accuracy.of(*case) for case in zip(how, error, strict=True)])
    assert abs((off <= stated).mean() - SHARE) < 0.02
    for way in ("exact", "between"):
        rows = np.array(how) == way
        assert (off <= stated)[rows].mean() > 0.85
    assert np.median(stated) < 3 * np.median(off)


def test_a_way_with_few_cases_keeps_the_cautious_factor() -> None:
    few = Accuracy.measured(["poi"] * 19, np.full(19, 100.0), np.full(19, 700.0))
    assert few.steps == {}
    # Twenty cases tell more than any guess: here all are seven times as far off as estimated.
    told = Accuracy.measured(["poi"] * 20, np.full(20, 100.0), np.full(20, 700.0))
    assert told.of("poi", 100.0) == pytest.approx(700, rel=0.01)
    assert few.of("poi", 100.0) == Accuracy().of("poi", 100.0) >= 150
    assert Accuracy().of("exact", 0.0) == 30


def test_a_guess_beyond_all_classes_takes_the_last_factor() -> None:
    accuracy = Accuracy({"between": [(50.0, 2.0), (100.0, 3.0)]})
    assert [accuracy.of("between", error) for error in (40.0, 50.0, 60.0, 1000.0)] == [80, 100, 180, 3000]


def test_what_is_coarse_at_any_rate_holds_more_for_what_is_fine() -> None:
    chance = np.random.default_rng(5)
    how = np.repeat(["between", "road"], 3000)
    error = np.where(how == "between", 50.0, 2000.0) * chance.uniform(0.5, 1.5, 6000)
    off = chance.rayleigh(1.0, 6000) * error
    accuracy = Accuracy.measured(list(how), error, off)
    inside = off <= np.array([accuracy.of(*case) for case in zip(how, error, strict=True)])
    assert 0.95 < inside[how == "road"].mean() < 0.985  # the last hundredths are gross errors
    assert 0.85 < inside[how == "between"].mean() < 0.88
    assert abs(inside.mean() - SHARE) < 0.01


def test_one_guess_for_all_is_one_class() -> None:
    off = np.random.default_rng(6).rayleigh(30.0, 4000)
    accuracy = Accuracy.measured(["exact"] * 4000, np.full(4000, 15.0), off)
    assert len(accuracy.steps["exact"]) == 1
    assert SHARE <= (off <= accuracy.of("exact", 15.0)).mean() < SHARE + 0.02


def test_before_anything_was_measured_what_is_sorted_well_is_stated_narrow() -> None:
    plain = Accuracy()
    assert [plain.of("model", error) for error in (50.0, 100.0, 200.0)] == pytest.approx([225, 270, 2000])
    assert [plain.of(how, 500.0) for how in ("beyond", "road", "poi")] == [4000, 1200, 1250]


def test_the_mean_of_the_accuracies_is_least() -> None:
    # What is narrow holds its last hundredths for a few metres; what errs grossly would pay kilometres for them.
    chance = np.random.default_rng(7)
    error = np.repeat([20.0, 100.0], 3000)
    off = chance.rayleigh(1.0, 6000) * error
    off[3000:][chance.random(3000) < 0.1] += 400
    accuracy = Accuracy.measured(["between"] * 6000, error, off)
    inside = off <= np.array([accuracy.of("between", one) for one in error])
    assert inside[:3000].mean() > 0.95
    assert 0.84 < inside[3000:].mean() < 0.89


def test_few_cases_widen_what_stood_before_and_keep_its_shape() -> None:
    # Unmeasured, guesses of 40 and of 100 m of the line of a road are stated alike: 280 and 270 m.
    chance = np.random.default_rng(9)
    error = np.tile([40.0, 100.0], 50)
    off = chance.uniform(0, 1, 100) * np.array([Accuracy().of("model", one) for one in error])
    accuracy = Accuracy.measured(["model"] * 100, error, off)
    held = float(np.quantile(off, SHARE))
    assert [accuracy.of("model", one) for one in (40.0, 100.0)] == pytest.approx([held, held], rel=0.1)


def test_each_class_begins_where_the_one_before_ends() -> None:
    chance = np.random.default_rng(10)
    error = chance.uniform(30, 200, 600)
    accuracy = Accuracy.measured(["model"] * 600, error, chance.rayleigh(1.0, 600) * error)
    tops = [top for top, _ in accuracy.steps["model"]]
    assert tops == sorted(set(tops))
    assert tops[-1] == error.max()
    assert {45.0, 60.0, 75.0, 120.0} < set(tops)
