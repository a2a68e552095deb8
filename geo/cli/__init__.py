"""The command line: one module per verb of ``geo`` with `HELP`, `arguments(parser)` and `run(args) -> int`."""
