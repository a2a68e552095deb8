"""Reads the seeds into validated tables and geometry, and reports all problems at once."""
