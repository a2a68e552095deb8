"""Questions asked of the atlas: compare, rank, follow over time, relate, search; and tables of users laid beside it."""
