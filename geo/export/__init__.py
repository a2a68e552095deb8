"""Export for GIS tools: a registry of formats, one writer per family, styles, data dictionary, PostGIS."""

from geo.export.api import ExportResult, export, export_bytes
from geo.export.registry import Format, find_format, format_of, formats

__all__ = ["ExportResult", "Format", "export", "export_bytes", "find_format", "format_of", "formats"]
