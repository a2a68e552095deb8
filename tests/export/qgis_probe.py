"""Run by the Python that QGIS is installed for: open every layer as a user would and print what QGIS shows, as JSON."""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    NULL,
    QgsApplication,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
)

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()


def plain(value):
    return None if value == NULL else value


def described(uri, style=None):
    layer = QgsVectorLayer(uri, "probe", "ogr")
    found = {"valid": layer.isValid()}
    if not layer.isValid():
        return found
    if style and style.endswith(".qml"):
        found["style"] = layer.loadNamedStyle(style)[1]
    elif style:
        found["style"] = layer.loadSldStyle(style)[1]
    found["crs"] = layer.crs().authid()
    found["rows"] = layer.featureCount()
    found["fields"] = [field.name() for field in layer.fields()]
    found["aliases"] = {field.name(): layer.attributeAlias(i) for i, field in enumerate(layer.fields())}
    found["labels"] = layer.labelsEnabled()
    found["spatial"] = layer.isSpatial()
    found["abstract"] = layer.metadata().abstract()
    if layer.isSpatial():
        renderer = layer.renderer()
        found["renderer"] = renderer.type()
        found["geometry"] = layer.wkbType()
        if layer.labeling() and renderer.type() == "categorizedSymbol":
            found["label_field"] = layer.labeling().settings().fieldName
            found["by"] = renderer.classAttribute()
            found["categories"] = {
                category.value(): {
                    "label": category.label(),
                    "layers": [part.layerType() for part in category.symbol().symbolLayers()],
                    "colour": category.symbol().symbolLayer(0).strokeColor().name(),
                }
                for category in renderer.categories()
            }
        measure = QgsDistanceArea()
        measure.setSourceCrs(layer.crs(), QgsCoordinateTransformContext())
        measure.setEllipsoid("WGS84")
        found["areas"] = [measure.measureArea(feature.geometry()) / 1e6 for feature in layer.getFeatures()]
    found["features"] = [[plain(value) for value in feature.attributes()] for feature in layer.getFeatures()]
    return found


def project_of(uri):
    """Return what a project says of itself, with the layers that do not open."""
    project = QgsProject.instance()
    opened = project.read(uri)
    nodes = project.layerTreeRoot().findLayers()
    return {
        "opened": opened,
        "crs": project.crs().authid(),
        "groups": [child.name() for child in project.layerTreeRoot().children()],
        "layers": [node.layerId() for node in nodes],
        "broken": [node.name() for node in nodes if node.layer() is None or not node.layer().isValid()],
        "relations": sorted(project.relationManager().relations()),
    }


asked = json.loads(sys.stdin.read())
answers = {uri: project_of(uri) for uri in asked["projects"]}
for path, style in asked["files"]:
    sublayers = QgsProviderRegistry.instance().querySublayers(path)
    # A file of one layer answers by its path alone: QGIS names such a layer in several ways.
    several = [(one.name(), one.uri()) for one in sublayers] if len(sublayers) > 1 else [("", path)]
    for name, uri in several:
        answers[f"{path}|{name}"] = described(uri, style)
QgsProject.instance().clear()
sys.stdout.write(json.dumps(answers, ensure_ascii=False, default=str))
sys.stdout.flush()
# QGIS may crash while Qt is torn down; all is said, so leave at once.
os._exit(0)
