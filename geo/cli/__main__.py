"""``python -m geo.cli``: the command line."""

import sys

from geo.cli.main import main

sys.exit(main())
