"""What `geo assign` does, in the usual way: pandas and geopandas, the whole table in memory.

    python geopandas_join.py IN.csv|IN.parquet OUT.parquet LONGITUDE LATITUDE

Encoding, columns and datum are told, not found.
"""

import sys

import geopandas as gpd
import pandas as pd

from geo import Atlas


def main(source: str, output: str, lon: str, lat: str) -> None:
    """Read, join to districts, townships and layout, write."""
    table = pd.read_csv(source, dtype={"统一社会信用代码": str}) if source.endswith(".csv") else pd.read_parquet(source)
    atlas = Atlas.load()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table[lon], table[lat]), crs=4326)
    for column, areas in (("district_id", atlas.districts.reset_index()), ("township_id", atlas.basemap("townships"))):
        id_column = "place_id" if "place_id" in areas else "township_id"
        joined = gpd.sjoin(points, areas[[id_column, "geometry"]].reset_index(drop=True), how="left")
        table[column] = joined[~joined.index.duplicated()][id_column]
    joined = gpd.sjoin(points, atlas.layout[["geometry"]].reset_index())
    table["place_ids"] = joined.groupby(level=0)["place_id"].agg(list)
    table.to_parquet(output, compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
