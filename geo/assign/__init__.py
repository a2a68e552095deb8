"""Point to area, exact and fast; the same on a Dask cluster (`geo.assign.cluster`)."""

from geo.assign.index import AreaIndex, area_index
from geo.assign.lookup import ENGINES, PREDICATES, assign
from geo.assign.memberships import Memberships

__all__ = ["ENGINES", "PREDICATES", "AreaIndex", "Memberships", "area_index", "assign"]
