/* Geometry as it travels, and the shapes of Leaflet that it becomes.
 *
 * geoShapes.decode(geometry): the parts of a geometry, each a list of rings of [lat, lon].
 * geoShapes.ground(layer, feature, renderer): a feature of the basemap with its shape, which no click reaches. */
(function () {
  "use strict";

  /* Geometry travels as whole numbers, differences of lat and lon in units of 1e-5 degree. */
  function ring(numbers) {
    var out = new Array(numbers.length / 2), lat = 0, lon = 0;
    for (var i = 0; i < numbers.length; i += 2) {
      lat += numbers[i]; lon += numbers[i + 1];
      out[i / 2] = [lat / 1e5, lon / 1e5];
    }
    return out;
  }
  function decode(geometry) { return geometry.map(function (part) { return part.map(ring); }); }
  function ground(layer, feature, renderer) {
    var options = { renderer: renderer, interactive: false }, geometry = feature.g, shape;
    if (feature.t === "point") shape = L.circleMarker(ring(geometry[0][0])[0], L.extend({ radius: 2.2 }, options));
    else if (feature.t === "line") shape = L.polyline(decode(geometry).map(function (p) { return p[0]; }), options);
    else shape = L.polygon(decode(geometry), options);
    return { data: feature, role: layer.role, colour: feature.colour || layer.colour, layer: shape };
  }

  window.geoShapes = { decode: decode, ground: ground };
})();
