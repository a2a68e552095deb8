"""One module per verb of the command line: HELP, arguments(parser), run(args)."""
