"""The published data set in memory: `Atlas`, the `Selection` of a user, and the `View` it shows."""
