"""The evidence for the datum of a table: in numbers, as one sentence, and as lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.base.messages import LANGUAGES, text
from geo.base.told import told
from geo.crs.datums import DATUMS
from geo.errors import UsageError
from geo.tables.notes import Note

__all__ = ["LEAST_PLACES", "DatumEvidence", "PairEvidence"]

#: Fewest distinct places that name an area for a decision.
LEAST_PLACES = 60


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """The best reading of the coordinates against another, by the places about which they disagree.

    Attributes
    ----------
    rival : str
        Name of the other reading.
    speak_for, against : int
        Places that only the best reading, or only the other, puts into the area they name.
    p_value : float
        One-sided, of an exact sign test: the chance of such a majority if both readings were equally good.
    """

    rival: str
    speak_for: int
    against: int
    p_value: float


@dataclass(frozen=True, slots=True)
class DatumEvidence:
    """The evidence for a datum and, if the numbers are metres, for a CRS.

    Attributes
    ----------
    datum : str or None
        ``wgs84``, ``gcj02`` or ``bd09``; None if undecided.
    best : str
        The reading with the most evidence, decided or not: a datum, or a CRS and a datum as in ``EPSG:3857+gcj02``;
        ``""`` without evidence.
    confidence : float
        Probability of `best` among the readings compared, 0 to 1.
    kind : str
        ``names``, ``points``, ``crs`` (the file or the caller states a CRS) or ``none``.
    rows, named, places : int
        Rows with a point; those that name one area; distinct places among these (among all rows for ``points``).
    shares : dict of str to float
        For each reading, the share of the places inside the area they name; for ``points``, on dry land and in the
        city.
    pairs : tuple of PairEvidence
    reason : str
        Why it is decided or not: message ``tables.datum.<reason>``.
    column : str
        The column that names a district in each row, or ``""``.
    label : str
        The datum that a column's name states, or ``""``.
    crs : str
        The CRS that was decided, or ``""`` for degrees.
    """

    datum: str | None
    best: str
    confidence: float
    kind: str
    rows: int
    named: int
    places: int
    shares: dict[str, float]
    pairs: tuple[PairEvidence, ...]
    reason: str
    column: str = ""
    label: str = ""
    crs: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as plain values, for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "pairs"}
        pairs = [{name: getattr(pair, name) for name in pair.__slots__} for pair in self.pairs]
        return {**plain, "shares": dict(self.shares), "pairs": pairs}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DatumEvidence:
        """Return the evidence of a mapping made by `to_dict`."""
        return cls(**{**values, "pairs": tuple(PairEvidence(**pair) for pair in values["pairs"])})

    def sentence(self, language: str) -> str:
        """Return one sentence on what was decided and why, or what to do, for readers who do not know datums."""
        share = f"{100 * self.shares.get(self.best, 0):.0f}"
        values = {"best": _said(self.best, language), "places": self.places, "percent": share}
        values["label"] = _said(self.label, language)
        key = self.reason if self.datum is None else {"names": "names", "points": "points"}.get(self.kind, self.reason)
        if self.reason == "by_column_name":
            key = "by_column_name"
        return text(f"tables.datum.sentence.{key}", language, **values)

    def lines(self, language: str) -> list[str]:
        """Return the evidence as lines of text in a language, ``zh`` or ``en``."""

        def say(key: str, **values: object) -> str:
            return text(f"tables.datum.{key}", language, **values)

        best, label = self.best, self.label
        verdict = say(self.reason, best=best, least=LEAST_PLACES, label=label)
        if not self.shares:
            return [verdict]
        lines = [say(f"by_{self.kind}", rows=self.rows, named=self.named, places=self.places)]
        for name, share in self.shares.items():
            lines.append(say(f"share_{self.kind}", datum=name, percent=f"{100 * share:.2f}"))
        for pair in self.pairs:
            values = {"best": best, "rival": pair.rival, "pro": pair.speak_for, "contra": pair.against}
            lines.append(say("pair", **values, chance=_chance(pair.p_value, language)))
        lines.append(verdict)
        shown = f"{100 * self.confidence:.1f}" if self.confidence < 0.999 else "> 99.9"
        lines.append(say("confidence" if self.datum else "confidence_ahead", percent=shown, best=best))
        return lines

    def undecided(self, message_id: str, question: Note | None = None) -> UsageError:
        """Return the error for a datum that remains undecided, with the evidence in every language.

        Parameters
        ----------
        message_id : str
            Message on what to state, in terms of the command line or of Python.
        question : Note, optional
            A further question.
        """
        below = {}
        for language in LANGUAGES:
            asked = [question.text(language)] if question else []
            below[language] = "\n  ".join([self.sentence(language), *self.lines(language), *asked])
        return told(UsageError, message_id, [below])


def _chance(p_value: float, language: str) -> str:
    """Return in words how often such a majority would occur by chance."""
    if p_value < 0.001:
        return text("tables.datum.chance.rare", language)
    return text("tables.datum.chance.percent", language, count=f"{100 * p_value:.{0 if p_value >= 0.1 else 1}f}")


def _said(name: str, language: str) -> str:
    """Return the name of a reading, such as ``EPSG:3857+gcj02``, for users."""
    crs, _, datum = name.rpartition("+")
    if not crs and datum not in DATUMS:
        return text("tables.reading.bd09mc", language) if datum == "bd09mc" else datum
    shown = {"wgs84": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}.get(datum, datum)
    return text("tables.reading.metres", language, crs=crs, datum=shown) if crs else shown
