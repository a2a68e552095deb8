"""Site choice: criteria, a ranking of the places by them, and the answer in words."""
