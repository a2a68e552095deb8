"""What tables and files promise: the schema of every table, periods, typed frames, the data package."""
