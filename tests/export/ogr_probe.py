"""Run by Debian's Python: print every feature that Debian's GDAL reads, as JSON with all digits."""

import json
import sys

from osgeo import ogr

ogr.UseExceptions()
path, layers = sys.argv[1], sys.argv[2:]
source = ogr.Open(path)
found = []
for index in range(source.GetLayerCount()):
    layer = source.GetLayer(index)
    if layers and layer.GetName() not in layers:
        continue
    names = [field.GetName() for field in layer.schema]
    for feature in layer:
        values = {}
        for at, name in enumerate(names):
            kind = feature.GetFieldDefnRef(at).GetType()
            if not feature.IsFieldSetAndNotNull(at):
                values[name] = None
            elif kind in (ogr.OFTInteger, ogr.OFTInteger64):
                values[name] = feature.GetFieldAsInteger64(at)
            elif kind == ogr.OFTReal:
                values[name] = feature.GetFieldAsDouble(at)
            else:
                values[name] = feature.GetFieldAsString(at)
        shape = feature.GetGeometryRef()
        found.append([values, None if shape is None else bytes(shape.ExportToWkb()).hex()])
sys.stdout.write(json.dumps(found))
