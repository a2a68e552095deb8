/* Points on one canvas that moves with the map, so that panning costs nothing. In each cell of the screen up to FEW are
 * dots; more are one mark with their number in it, and around it a ring with the share of each class.
 *
 * geoPointLayer({x, y}, set) makes a Leaflet layer of points in [0, 1] of the Mercator square; .colour(set, classes) gives
 * each a class; .drawn tells what was drawn last: {seen, dots, radius, marks: [{x, y, r, count, shares}]}. */
(function () {
  "use strict";

  var CELL = 64, FEW = 12, REACH = 7, PAD = 0.3;
  /* So few dots do not crowd each other and are easily overlooked: they are larger. */
  var SPARSE = 200, LARGE = 5.5;

  function isLight(colour) {
    var part = colour.match(/[\da-f]{2}/gi).map(function (two) { return parseInt(two, 16); });
    return 0.3 * part[0] + 0.59 * part[1] + 0.11 * part[2] > 150;
  }
  /* A dot holds on light and dark ground by its rim; without a value it is hollow. */
  function dot(colour, radius, ratio) {
    var canvas = document.createElement("canvas"), size = Math.ceil((radius + 1.5) * 2), c;
    canvas.width = canvas.height = size * ratio;
    c = canvas.getContext("2d"); c.scale(ratio, ratio);
    c.beginPath(); c.arc(size / 2, size / 2, radius, 0, 7);
    c.globalAlpha = 0.9; c.fillStyle = colour || "#ffffff"; c.fill();
    c.lineWidth = colour ? radius / 4 : 1.2; c.strokeStyle = colour && !isLight(colour) ? "#ffffff" : "#4b555e"; c.stroke();
    return { image: canvas, size: size };
  }
  function words(count) { return count.toLocaleString("en-US"); }

  /* Sort points (pixels of the canvas) into cells. Returns which are dots, and a mark for each cell with many. */
  function gather(px, py, kinds, seen, columns, rows, classes, few) {
    var cells = new Int32Array(seen), counts = new Uint32Array(columns * rows), dots = [], marks = [];
    var i, k, at, sums = new Float64Array(columns * rows * 2), shares = new Uint32Array(columns * rows * classes);
    for (i = 0; i < seen; i += 1) {
      k = cells[i] = Math.floor(py[i] / CELL) * columns + Math.floor(px[i] / CELL);
      counts[k] += 1; sums[k * 2] += px[i]; sums[k * 2 + 1] += py[i]; shares[k * classes + kinds[i]] += 1;
    }
    for (i = 0; i < seen; i += 1) if (counts[cells[i]] <= few) dots.push(i);
    for (k = 0; k < counts.length; k += 1) if (counts[k] > few) {
      at = { x: (k % columns) * CELL, y: Math.floor(k / columns) * CELL };
      marks.push({ x: sums[k * 2] / counts[k], y: sums[k * 2 + 1] / counts[k], cell: at, count: counts[k],
                   shares: Array.from(shares.subarray(k * classes, (k + 1) * classes)) });
    }
    return { dots: dots, marks: marks };
  }

  function ring(c, mark, colours, look) {
    var text = words(mark.count), r = Math.max(12, c.measureText(text).width / 2 + 7), from = -Math.PI / 2, to;
    function inside(low, value) { return Math.min(Math.max(value, low + r), low + CELL - r); }
    mark.x = inside(mark.cell.x, mark.x); mark.y = inside(mark.cell.y, mark.y); mark.r = r;
    c.beginPath(); c.arc(mark.x, mark.y, r, 0, 7); c.fillStyle = look.panel; c.fill();
    c.lineWidth = 1; c.strokeStyle = look.quiet; c.stroke();
    c.lineWidth = 3.5;
    mark.shares.forEach(function (share, number) {
      if (!share) return;
      to = from + 2 * Math.PI * share / mark.count;
      c.beginPath(); c.arc(mark.x, mark.y, r - 2.2, from, to); c.strokeStyle = colours[number] || look.none; c.stroke();
      from = to;
    });
    c.fillStyle = look.ink; c.fillText(text, mark.x, mark.y + 0.5);
  }

  var PointLayer = L.Layer.extend({
    initialize: function (points, set) { this._points = points; this.colour(set, null); },
    size: function () { return this._points.x.length; },
    /* What is said of points may change while they stay, by another language or another column. */
    tell: function (set) {
      var said = this._set && this._set.rows;
      this._set = set;
      if (this._map && set.rows !== said) {
        this._pointing.end();
        this._pointing = geoPointing(this._map, this, set.rows);
      }
    },
    colour: function (set, classes) {
      this.tell(set); this._classes = classes && classes.length === this.size() ? classes : null;
      this._colours = this._classes ? set.list.map(function (one) { return one.colour; }) : [set.colour];
      if (this._map) this._draw();
    },
    onAdd: function (map) {
      if (!map.getPane("geo-points")) {
        var pane = map.createPane("geo-points");
        pane.style.zIndex = 450; pane.style.pointerEvents = "none";
      }
      this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("geo-points"));
      this._pointing = geoPointing(map, this, this._set.rows);
      this._theme = new MutationObserver(this._draw.bind(this));
      this._theme.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
      map.on("moveend zoomend viewreset resize", this._draw, this);
      this._draw();
    },
    onRemove: function (map) {
      map.off("moveend zoomend viewreset resize", this._draw, this);
      this._theme.disconnect(); this._pointing.end();
      this._canvas.remove();
      this.drawn = null;
    },
    redraw: function () { if (this._map) this._draw(); },
    /* The canvas begins and ends with a cell, and cells stand on the ground: a mark stays while the map is dragged. */
    _draw: function () {
      var map = this._map, size = map.getSize(), zoom = map.getZoom(), scale = map.options.crs.scale(zoom);
      var origin = map.getPixelOrigin(), corner = map.containerPointToLayerPoint([-size.x * PAD, -size.y * PAD]);
      var ox = Math.floor((origin.x + corner.x) / CELL) * CELL, oy = Math.floor((origin.y + corner.y) / CELL) * CELL;
      var columns = Math.ceil(size.x * (1 + 2 * PAD) / CELL) + 1, rows = Math.ceil(size.y * (1 + 2 * PAD) / CELL) + 1;
      var n = this.size(), x = this._points.x, y = this._points.y, width = columns * CELL, height = rows * CELL;
      var px = new Float32Array(n), py = new Float32Array(n), which = new Uint32Array(n), kinds = new Uint8Array(n), seen = 0;
      for (var i = 0; i < n; i += 1) {
        var a = x[i] * scale - ox, b = y[i] * scale - oy;
        if (a < 0 || a >= width || b < 0 || b >= height) continue;
        px[seen] = a; py[seen] = b; which[seen] = i; kinds[seen] = this._classes ? this._classes[i] : 0; seen += 1;
      }
      var few = this._set.gathered ? FEW : Infinity;
      var found = gather(px, py, kinds, seen, columns, rows, this._colours.length, few);
      found.dots = found.dots.map(function (k) { return { x: px[k], y: py[k], point: which[k], kind: kinds[k] }; });
      this.drawn = { seen: seen, dots: found.dots, marks: found.marks, corner: [ox - origin.x, oy - origin.y],
                     size: [width, height] };
      this._paint(zoom);
    },
    _paint: function (zoom) {
      var canvas = this._canvas, ratio = window.devicePixelRatio || 1, drawn = this.drawn, colours = this._colours;
      var style = getComputedStyle(document.documentElement), width = drawn.size[0], height = drawn.size[1], c;
      function tone(name) { return style.getPropertyValue(name).trim(); }
      L.DomUtil.setPosition(canvas, L.point(drawn.corner));
      canvas.width = width * ratio; canvas.height = height * ratio;
      canvas.style.width = width + "px"; canvas.style.height = height + "px";
      c = canvas.getContext("2d"); c.scale(ratio, ratio);
      var many = drawn.dots.length;
      var radius = drawn.radius = many <= SPARSE ? LARGE : zoom >= 13 ? 4.5 : (many > 2000 ? 2.6 : 3.4);
      var sprites = colours.map(function (colour) { return dot(colour, radius, ratio); });
      drawn.dots.forEach(function (one) {
        var sprite = sprites[one.kind], half = sprite.size / 2;
        c.drawImage(sprite.image, one.x - half, one.y - half, sprite.size, sprite.size);
      });
      c.font = "600 11px system-ui, sans-serif"; c.textAlign = "center"; c.textBaseline = "middle";
      var look = { panel: tone("--panel"), ink: tone("--ink"), quiet: tone("--rule"), none: tone("--quiet") };
      drawn.marks.forEach(function (mark) { ring(c, mark, colours, look); });
      this._map.fire("geo-points");      /* names keep off the marks */
    },
    /* What lies at a place of the map's container: {mark} or {dots}, the nearest first; null for nothing. */
    at: function (place) {
      if (!this.drawn) return null;
      var here = this._map.containerPointToLayerPoint(place).subtract(L.point(this.drawn.corner));
      function far(one) { return Math.hypot(one.x - here.x, one.y - here.y); }
      var mark = this.drawn.marks.find(function (one) { return far(one) <= one.r; });
      if (mark) return { mark: mark, where: this._where(mark) };
      var near = this.drawn.dots.filter(function (one) { return far(one) <= REACH; });
      near.sort(function (one, other) { return far(one) - far(other); });
      return near.length ? { dots: near, where: this._where(near[0]) } : null;
    },
    _where: function (one) { return this._map.layerPointToLatLng(L.point(this.drawn.corner).add([one.x, one.y])); },
  });

  window.geoPointLayer = function (points, set) { return new PointLayer(points, set); };
})();
