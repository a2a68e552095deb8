"""Export to GIS formats: the registry of formats, a writer per family, styles, the data dictionary, PostGIS."""

from geo.export.api import ExportResult, export, export_bytes
from geo.export.preview import ExportPreview, LayerPreview, preview
from geo.export.registry import Format, find_format, format_of, formats

__all__ = [
    "ExportPreview",
    "ExportResult",
    "Format",
    "LayerPreview",
    "export",
    "export_bytes",
    "find_format",
    "format_of",
    "formats",
    "preview",
]
