"""Run by the Python that QGIS is installed for: open a project as a user would, tell what it has, draw and print it."""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    QgsApplication,
    QgsCoordinateTransform,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayoutExporter,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
told = []
QgsApplication.messageLog().messageReceived.connect(lambda message, tag, level: level and told.append(message))

PIXELS_PER_M = 96 / 0.0254


def labels(project, layers, scale):
    """Return the names that QGIS writes of the visible layers at a scale, and the names of the layout's places."""
    every = project.mapLayer("geo_layer_place_layer")
    to_map = QgsCoordinateTransform(every.crs(), project.crs(), project)
    extent = QgsRectangle()
    extent.setMinimal()
    wanted = set()
    for feature in every.getFeatures():
        if feature["status"] != "context":
            shape = feature.geometry()
            shape.transform(to_map)
            extent.combineExtentWith(shape.boundingBox())
            wanted.add(feature["short_zh"])
    settings = QgsMapSettings()
    settings.setDestinationCrs(project.crs())
    settings.setLayers(layers)
    settings.setOutputDpi(96)
    per_m = PIXELS_PER_M / scale
    extent.grow(100 / per_m)
    settings.setOutputSize(QSize(round(extent.width() * per_m), round(extent.height() * per_m)))
    settings.setExtent(extent)
    context = QgsExpressionContext()
    context.appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layers[0]))
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    settings.setExpressionContext(context)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    written = {label.labelText for label in job.takeLabelingResults().allLabels() if not label.isUnplaced}
    return sorted(wanted), sorted(written & wanted)


path, folder, scale = sys.argv[1], sys.argv[2], float(sys.argv[3])
project = QgsProject.instance()
opened = project.read(path)
nodes = project.layerTreeRoot().findLayers()
visible = [node.layer() for node in nodes if node.isVisible() and node.layer() and node.layer().isSpatial()]
found = {
    "opened": opened,
    "crs": project.crs().authid(),
    "title": project.title(),
    "about": project.metadata().abstract(),
    "missing": [node.name() for node in nodes if node.layer() is None or not node.layer().isValid()],
    "groups": [child.name() for child in project.layerTreeRoot().children()],
    "visible": [layer.id() for layer in visible],
    "relations": {
        one.id(): [one.isValid(), one.referencingLayerId(), one.referencedLayerId()]
        for one in project.relationManager().relations().values()
    },
    "themes": {},
    "values": {},
    "layouts": {},
}
for node in nodes:
    layer = node.layer()
    if layer.isSpatial() and layer.renderer().type() == "RuleRenderer":
        rules = layer.renderer().rootRule().children()
        counts = {}
        for feature in layer.getFeatures():
            context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
            context.setFeature(feature)
            hits = [rule.label() for rule in rules if rule.filter().evaluate(context)]
            counts[feature["place_id"]] = hits
        found["themes"][layer.id()] = counts
every = project.mapLayer("geo_layer_place_layer")
setup = every.editorWidgetSetup(every.fields().indexOf("method"))
found["values"] = {key: value for one in setup.config().get("map", []) for key, value in one.items()}
found["wanted"], found["written"] = labels(project, visible, scale)
for layout in project.layoutManager().printLayouts():
    target = Path(folder) / f"{len(found['layouts'])}.pdf"
    page = layout.pageCollection().page(0).pageSize()
    done = QgsLayoutExporter(layout).exportToPdf(str(target), QgsLayoutExporter.PdfExportSettings())
    found["layouts"][layout.name()] = [done, page.width(), page.height(), target.stat().st_size]
found["told"] = told
sys.stdout.write(json.dumps(found, ensure_ascii=False))
sys.stdout.flush()
# QGIS may crash while Qt is torn down; all is said, so leave at once.
os._exit(0)
