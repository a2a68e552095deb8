"""Write docs/data-dictionary.md from the contract of the tables; ``--check`` only says whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from geo.export.data_dictionary import markdown

TARGET = Path(__file__).parents[1] / "docs" / "data-dictionary.md"


def main() -> int:
    """Write the document, or check it."""
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == markdown()
        if not fresh:
            print(f"{TARGET.name} is not what geo/data/columns.csv gives: run make layers", file=sys.stderr)
        return 0 if fresh else 1
    TARGET.write_text(markdown(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
