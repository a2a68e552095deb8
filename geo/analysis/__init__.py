"""Questions asked of the atlas: compare, rank, follow over time, relate, search; site choice; what a user brings."""
