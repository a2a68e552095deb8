"""Assignment of points to areas, exact and fast; on a Dask cluster by `geo.assign.cluster`."""

from geo.assign.index import AreaIndex, area_index
from geo.assign.lookup import ENGINES, PREDICATES, assign
from geo.assign.memberships import Memberships

__all__ = ["ENGINES", "PREDICATES", "AreaIndex", "Memberships", "area_index", "assign"]
