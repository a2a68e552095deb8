/* A user's points on the map: fetched once by URL as whole numbers, drawn on one canvas that moves with the map, so that
 * panning costs nothing. Up to THIN visible points are dots; more are one mark per occupied cell, darker where they are many.
 *
 * geoPoints.apply(map, sets) with sets [{url, colour, label}]; geoPoints.total() and .count() tell how many there are and how many were
 * drawn last. */
(function () {
  "use strict";

  var THIN = 10000, CELL = 3, layers = {}, drawn = {};

  function mercator(buffer) {
    var view = new DataView(buffer), count = buffer.byteLength / 8, x = new Float64Array(count), y = new Float64Array(count);
    for (var i = 0; i < count; i += 1) {
      var lon = view.getInt32(i * 8, true) / 1e6, lat = view.getInt32(i * 8 + 4, true) / 1e6;
      x[i] = (lon + 180) / 360;
      y[i] = 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) / (2 * Math.PI);
    }
    return { x: x, y: y };
  }

  function dot(colour, radius, ratio) {
    var canvas = document.createElement("canvas"), size = Math.ceil((radius + 1.5) * 2), c;
    canvas.width = canvas.height = size * ratio;
    c = canvas.getContext("2d"); c.scale(ratio, ratio);
    c.beginPath(); c.arc(size / 2, size / 2, radius, 0, 7);
    c.globalAlpha = 0.85; c.fillStyle = colour; c.fill();
    c.globalAlpha = 0.9; c.lineWidth = 0.8; c.strokeStyle = "#ffffff"; c.stroke();
    return { image: canvas, size: size };
  }

  var PointsLayer = L.Layer.extend({
    initialize: function (points, colour, url) { this._points = points; this._colour = colour; this._url = url; },
    onAdd: function (map) {
      if (!map.getPane("geo-points")) {
        var pane = map.createPane("geo-points");
        pane.style.zIndex = 450; pane.style.pointerEvents = "none";
      }
      this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("geo-points"));
      map.on("moveend zoomend viewreset resize", this._draw, this);
      this._draw();
    },
    onRemove: function (map) {
      map.off("moveend zoomend viewreset resize", this._draw, this);
      this._canvas.remove();
      delete drawn[this._url];
    },
    _draw: function () {
      var map = this._map, size = map.getSize(), ratio = window.devicePixelRatio || 1, pad = 0.3;
      var corner = map.containerPointToLayerPoint([-size.x * pad, -size.y * pad]).round();
      var width = Math.round(size.x * (1 + 2 * pad)), height = Math.round(size.y * (1 + 2 * pad));
      var canvas = this._canvas, c, scale = map.options.crs.scale(map.getZoom()), origin = map.getPixelOrigin();
      var ox = origin.x + corner.x, oy = origin.y + corner.y, x = this._points.x, y = this._points.y, n = x.length;
      L.DomUtil.setPosition(canvas, corner);
      canvas.width = width * ratio; canvas.height = height * ratio;
      canvas.style.width = width + "px"; canvas.style.height = height + "px";
      c = canvas.getContext("2d"); c.scale(ratio, ratio);
      var seen = 0, px = new Float32Array(n), py = new Float32Array(n);
      for (var i = 0; i < n; i += 1) {
        var a = x[i] * scale - ox, b = y[i] * scale - oy;
        if (a > -4 && a < width + 4 && b > -4 && b < height + 4) { px[seen] = a; py[seen] = b; seen += 1; }
      }
      if (seen <= THIN) this._dots(c, px, py, seen, ratio, map.getZoom());
      else this._cells(c, px, py, seen, width, height);
      drawn[this._url] = seen;
    },
    _dots: function (c, px, py, seen, ratio, zoom) {
      var sprite = dot(this._colour, zoom >= 13 ? 4 : (seen > 2000 ? 2 : 2.8), ratio), half = sprite.size / 2;
      for (var i = 0; i < seen; i += 1) c.drawImage(sprite.image, px[i] - half, py[i] - half, sprite.size, sprite.size);
    },
    _cells: function (c, px, py, seen, width, height) {
      var columns = Math.ceil(width / CELL) + 3, rows = Math.ceil(height / CELL) + 3, counts = new Uint32Array(columns * rows);
      for (var i = 0; i < seen; i += 1) counts[(Math.floor(py[i] / CELL) + 2) * columns + Math.floor(px[i] / CELL) + 2] += 1;
      c.fillStyle = this._colour;
      for (var k = 0; k < counts.length; k += 1) {
        if (!counts[k]) continue;
        c.globalAlpha = Math.min(1, 0.35 + 0.18 * Math.log2(counts[k]));
        c.fillRect((k % columns - 2) * CELL, (Math.floor(k / columns) - 2) * CELL, CELL, CELL);
      }
    },
  });

  function apply(map, sets, failed) {
    var wanted = {};
    (sets || []).forEach(function (set) { wanted[set.url] = set; });
    Object.keys(layers).forEach(function (url) {
      if (wanted[url]) return;
      if (layers[url].remove) layers[url].remove();
      delete layers[url];
    });
    Object.keys(wanted).forEach(function (url) {
      if (layers[url]) return;
      layers[url] = {};
      fetch(url, { cache: "no-store" }).then(function (response) {
        if (!response.ok) throw new Error("HTTP " + response.status);
        return response.arrayBuffer();
      }).then(function (buffer) {
        if (!layers[url]) return;
        layers[url] = new PointsLayer(mercator(buffer), wanted[url].colour, url).addTo(map);
      }).catch(function (problem) { delete layers[url]; failed(problem.message); });
    });
  }

  function total() { return Object.keys(layers).reduce(function (sum, url) { return sum + (layers[url]._points ? layers[url]._points.x.length : 0); }, 0); }
  window.geoPoints = {
    apply: apply,
    total: total,
    count: function () { return Object.keys(drawn).reduce(function (sum, url) { return sum + drawn[url]; }, 0); },
  };
})();
