"""The report: one HTML file that opens with the network off."""
