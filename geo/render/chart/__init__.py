"""Charts: marks and axes, their texts, and the chart as a picture."""
