/* Geometry as it travels, and the shapes of Leaflet that it becomes.
 *
 * geoShapes.decode(geometry): the parts of a geometry, each a list of rings of [lat, lon].
 * geoShapes.rings(layer, project): all rings of a polygon of Leaflet, projected to points {x, y}.
 * geoShapes.holds(rings, x, y), geoShapes.touch(rings, [left, top, right, bottom]): whether the area has a point, any of a box.
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

  function rings(layer, project) {
    var found = [];
    (function collect(part) {
      if (part.length && part[0].lat !== undefined) found.push(part.map(project)); else part.forEach(collect);
    })(layer.getLatLngs());
    return found;
  }
  function edges(rings, test) {
    return rings.reduce(function (count, ring) {
      return ring.reduce(function (sum, b, i) { return sum + (test(ring[i ? i - 1 : ring.length - 1], b) ? 1 : 0); }, count);
    }, 0);
  }
  function holds(rings, x, y) {
    return edges(rings, function (a, b) {
      return (a.y > y) !== (b.y > y) && x < a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
    }) % 2 === 1;
  }
  function side(a, b, x, y) { return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) > 0; }
  function touch(rings, box) {
    if (holds(rings, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)) return true;
    var l = box[0], t = box[1], r = box[2], b = box[3];
    return edges(rings, function (p, q) {
      if (Math.max(p.x, q.x) < l || Math.min(p.x, q.x) > r || Math.max(p.y, q.y) < t || Math.min(p.y, q.y) > b) return false;
      if (p.x >= l && p.x <= r && p.y >= t && p.y <= b) return true;
      var first = side(p, q, l, t);   /* its line goes between two corners, and it is not beyond any side */
      return side(p, q, r, t) !== first || side(p, q, l, b) !== first || side(p, q, r, b) !== first;
    }) > 0;
  }

  window.geoShapes = { decode: decode, ground: ground, rings: rings, holds: holds, touch: touch };
})();
