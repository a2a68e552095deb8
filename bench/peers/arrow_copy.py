"""What `geo assign IN -o OUT` reads and writes, and nothing between: pyarrow reads IN and writes the columns of OUT.

    python arrow_copy.py IN.parquet OUT.parquet COPY.parquet

Prints the seconds. The columns of OUT are in memory beforehand, which is not counted.
"""

import sys
import time

import pyarrow.parquet as pq


def main(source: str, joined: str, copy: str) -> None:
    """Read, write, print."""
    columns = pq.read_table(joined)
    start = time.perf_counter()
    pq.read_table(source)
    pq.write_table(columns, copy, compression="zstd", compression_level=1)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
