"""Plumbing without knowledge of maps: files, messages, paths for GDAL, locales, formulas, folding of text."""
