"""Site choice: criteria, the places that meet them in order, and the wording of the answer."""
