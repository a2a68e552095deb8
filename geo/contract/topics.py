"""Which topics of measures do not depend on a date, such as areas."""

from __future__ import annotations

__all__ = ["ONE_VALUE", "TIMELESS"]

#: The date of a figure says nothing of its value: it does not age, has no place on an axis of time, and may be compared
#: though its date is unknown.
TIMELESS = frozenset({"area", "date"})

#: There is one true value whatever the date: figures that differ are in conflict. Not so of dates, for two documents
#: may tell of two events, as when a park was founded and when the state recognised it.
ONE_VALUE = frozenset({"area"})
