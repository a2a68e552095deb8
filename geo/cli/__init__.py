"""The command line: one module per verb of ``geo`` with `EXAMPLES`, `arguments(parser)` and `run(args) -> int`."""
