"""Runs under the Python of QGIS: opens every collection of an OGC API by QGIS' own provider and says what it sees."""

from __future__ import annotations

import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

url, *collections = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
messages: list[str] = []
application.messageLog().messageReceived.connect(lambda message, tag, level: messages.append(f"{tag}: {message}"))
seen = {}
for name in collections:
    source = f"pagingEnabled='true' pageSize='100' typename='{name}' url='{url}/' version='OGC_API_FEATURES'"
    layer = QgsVectorLayer(source, name, "OAPIF")
    features = list(layer.getFeatures()) if layer.isValid() else []
    centre = layer.extent().center()
    inside = layer.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(121.5, 31.1, 121.65, 31.25)))
    seen[name] = {
        "valid": layer.isValid(),
        "count": len(features),
        "ids": sorted({str(feature[0]) for feature in features}),
        "inside": len(list(inside)) if layer.isValid() else 0,
        "fields": layer.fields().names(),
        "centre": [centre.x(), centre.y()],
        "crs": layer.crs().authid(),
    }
print(json.dumps({"layers": seen, "messages": messages}))
