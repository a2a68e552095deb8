"""What `geo assign IN -o OUT` reads and writes, and nothing between: pyarrow reads IN and writes the columns of OUT.

    python arrow_copy.py IN.parquet OUT.parquet COPY.parquet

Prints the seconds. The columns of OUT are in memory beforehand, which is not counted, nor is the start of Python. They
are written with zstd at level 1 and with what pyarrow takes by itself (snappy), and the faster counts; all else is as
pyarrow has it.
"""

import sys
import time

import pyarrow.parquet as pq

WAYS: tuple[dict[str, object], ...] = ({"compression": "zstd", "compression_level": 1}, {})


def main(source: str, joined: str, copy: str) -> None:
    """Read, write, print."""
    columns = pq.read_table(joined)
    start = time.perf_counter()
    pq.read_table(source)
    read = time.perf_counter() - start
    writes = []
    for options in WAYS:
        start = time.perf_counter()
        pq.write_table(columns, copy, **options)
        writes.append(time.perf_counter() - start)
    print(read + min(writes))


if __name__ == "__main__":
    main(*sys.argv[1:])
