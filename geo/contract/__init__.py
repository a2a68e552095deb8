"""The contract of tables and files: the schema of every table, periods, typed frames, the data package."""
