"""The report as a Word document: to be edited, restyled and handed in."""
