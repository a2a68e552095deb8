/* Geometry as it travels, and the layers of Leaflet that it becomes.
 *
 * geoShapes.make(kind, geometries, options): one layer that draws geometries alike; `kind` is area, line or point. It holds flat
 * numbers: an object of Leaflet's for each vertex took most of the time until the first map was there, and a layer for each feature
 * of the ground the rest. layer.getBounds() are degrees, layer.box() is [left, top, right, bottom] in pixels of the map's pane.
 * geoShapes.holds(layer, x, y), geoShapes.touch(layer, box): whether an area on the map has a point, any of a box, in such pixels.
 * geoShapes.ground(layers, renderer): the layers of the basemap, of which no click and no pointer knows: a list of
 * { role, colour, t, features, layer }, each of what looks alike, in the order in which they are drawn. */
(function () {
  "use strict";

  /* A ring travels as whole numbers, differences of lat and lon in units of 1e-5 degree: x, y of each vertex on the square of the
   * Mercator projection, 0 to 1. */
  function flat(numbers) {
    var out = new Float64Array(numbers.length), lat = 0, lon = 0;
    for (var i = 0; i < numbers.length; i += 2) {
      lat += numbers[i]; lon += numbers[i + 1];
      out[i] = 0.5 + lon / 36e6;
      out[i + 1] = 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 36e6)) / (2 * Math.PI);
    }
    return out;
  }
  function nothing() { return [Infinity, Infinity, -Infinity, -Infinity]; }
  function grow(box, x, y) {
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  /* The same in whole pixels, each once; `box` grows by them. */
  function pixels(ring, scale, origin, box) {
    var out = [], n = 0;
    for (var i = 0; i < ring.length; i += 2) {
      var x = Math.round(ring[i] * scale) - origin.x, y = Math.round(ring[i + 1] * scale) - origin.y;
      if (x === out[n - 2] && y === out[n - 1]) continue;
      out[n++] = x; out[n++] = y;
      grow(box, x, y);
    }
    return out;
  }

  var Shape = L.Path.extend({
    initialize: function (kind, geometries, options) {
      L.setOptions(this, options);
      this._kind = kind;
      this._flat = geometries.map(function (parts) { return [].concat.apply([], parts).map(flat); });
    },
    getBounds: function () {
      if (!this._degrees) {
        var box = nothing(), side = L.CRS.EPSG3857;
        this._flat.forEach(function (rings) {
          rings.forEach(function (ring) { for (var i = 0; i < ring.length; i += 2) grow(box, ring[i], ring[i + 1]); });
        });
        this._degrees = L.latLngBounds([0, 2].map(function (at) {
          return side.pointToLatLng(L.point(box[at], box[at + 1]).multiplyBy(side.scale(0)), 0);
        }));
      }
      return this._degrees;
    },
    box: function () { return this._box; },
    setRadius: function (radius) {
      this._radius = radius;
      return this.redraw();
    },

    /* ---- what Leaflet's canvas asks of a path ---- */
    _project: function () {
      var scale = this._map.options.crs.scale(this._map.getZoom()), origin = this._map.getPixelOrigin(), whole = this._box = nothing();
      this._drawn = this._flat.map(function (rings) {
        var box = nothing(), made = rings.map(function (ring) { return pixels(ring, scale, origin, box); });
        if (made.length) { grow(whole, box[0], box[1]); grow(whole, box[2], box[3]); }
        return { rings: made, box: box };
      });
      this._updateBounds();
    },
    _updateBounds: function () {
      var wide = this._wide = this._clickTolerance() + (this._radius || 0) + 1, box = this._box;
      this._pxBounds = box[0] > box[2] ? null : L.bounds([box[0] - wide, box[1] - wide], [box[2] + wide, box[3] + wide]);
    },
    _update: function () {},
    _updatePath: function () {
      var renderer = this._renderer, ctx = renderer._ctx, self = this, seen = renderer._bounds, wide = this._wide;
      if (!renderer._drawing) return;
      seen = [seen.min.x - wide, seen.min.y - wide, seen.max.x + wide, seen.max.y + wide];
      this._drawn.forEach(function (one) {
        if (apart(one.box, seen)) return;
        ctx.beginPath();
        one.rings.forEach(function (ring) { self._trace(ctx, ring); });
        renderer._fillStroke(ctx, self);
      });
    },
    _trace: function (ctx, ring) {
      if (this._kind === "point") { ctx.arc(ring[0], ring[1], this._radius, 0, Math.PI * 2); return; }
      ctx.moveTo(ring[0], ring[1]);
      for (var i = 2; i < ring.length; i += 2) ctx.lineTo(ring[i], ring[i + 1]);
      if (this._kind === "area") ctx.closePath();
    },
    _containsPoint: function (p) {
      return !!this._pxBounds && this._pxBounds.contains(p) && (holds(this, p.x, p.y) || beside(this, p.x, p.y, this._clickTolerance()));
    },
  });
  function make(kind, geometries, options) { return new Shape(kind, geometries, options); }

  function ground(layers, renderer) {
    var groups = [], known = {};
    layers.forEach(function (layer) {
      layer.features.forEach(function (feature) {
        var colour = feature.colour || layer.colour, key = [layer.role, feature.t, colour].join();
        if (!known[key]) groups.push(known[key] = { role: layer.role, colour: colour, t: feature.t, features: [] });
        known[key].features.push(feature);
      });
    });
    groups.forEach(function (group) {
      var geometries = group.features.map(function (feature) { return feature.g; });
      group.layer = make(group.t, geometries, { renderer: renderer, interactive: false });
    });
    return groups;
  }

  function apart(a, b) { return a[2] < b[0] || a[0] > b[2] || a[3] < b[1] || a[1] > b[3]; }
  function edges(shape, test) {
    var count = 0;
    shape._drawn.forEach(function (one) {
      one.rings.forEach(function (ring) {
        var ax = ring[ring.length - 2], ay = ring[ring.length - 1];
        for (var i = 0; i < ring.length; i += 2) {
          if (test(ax, ay, ring[i], ring[i + 1])) count += 1;
          ax = ring[i]; ay = ring[i + 1];
        }
      });
    });
    return count;
  }
  function holds(shape, x, y) {
    if (apart(shape._box, [x, y, x, y])) return false;
    return edges(shape, function (ax, ay, bx, by) {
      return (ay > y) !== (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay);
    }) % 2 === 1;
  }
  function beside(shape, x, y, distance) {
    return edges(shape, function (ax, ay, bx, by) {
      var dx = bx - ax, dy = by - ay, along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
      along = Math.max(0, Math.min(1, along));
      dx = ax + along * dx - x; dy = ay + along * dy - y;
      return dx * dx + dy * dy <= distance * distance;
    }) > 0;
  }
  function touch(shape, box) {
    var l = box[0], t = box[1], r = box[2], b = box[3];
    if (apart(shape._box, box)) return false;
    if (holds(shape, (l + r) / 2, (t + b) / 2)) return true;
    return edges(shape, function (ax, ay, bx, by) {
      function side(x, y) { return (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0; }
      if (Math.max(ax, bx) < l || Math.min(ax, bx) > r || Math.max(ay, by) < t || Math.min(ay, by) > b) return false;
      if (ax >= l && ax <= r && ay >= t && ay <= b) return true;
      var first = side(l, t);   /* its line goes between two corners, and it is not beyond any side */
      return side(r, t) !== first || side(l, b) !== first || side(r, b) !== first;
    }) > 0;
  }

  window.geoShapes = { make: make, ground: ground, holds: holds, touch: touch };
})();
