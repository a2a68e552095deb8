"""Topics of measures whose figures do not depend on a date, such as areas."""

from __future__ import annotations

__all__ = ["ONE_VALUE", "TIMELESS"]

#: Topics whose figures do not age: they have no place on a time axis, and are comparable even if undated.
TIMELESS = frozenset({"area", "date"})

#: Topics with one true value at all times: figures that differ are in conflict. Dates are not among them, because
#: two documents may mean two events, such as the founding of a park and its recognition by the state.
ONE_VALUE = frozenset({"area"})
