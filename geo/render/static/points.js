/* A user's points on the map: fetched once by URL as whole numbers and drawn by pointlayer.js. Their classes come apart
 * from them, a byte each, so that another colouring sends no coordinates again.
 *
 * geoPoints.apply(map, sets, failed) with sets [{url, colour, label, list, classes, rows, gathered}]: `list` the classes with
 * label and colour, `classes` where the class of each point lies, `rows` where the words of one do, `gathered` whether
 * many that lie close are one mark. geoPoints.total(), .count(), .marks() tell how many there are, how many were drawn
 * last, and as what. */
(function () {
  "use strict";

  var layers = {};
  /* Names keep off so many dots; of more, each stands on some. */
  var SPARSE = 60;

  function mercator(buffer) {
    var view = new DataView(buffer), n = buffer.byteLength / 8, x = new Float64Array(n), y = new Float64Array(n);
    for (var i = 0; i < n; i += 1) {
      var lon = view.getInt32(i * 8, true) / 1e6, lat = view.getInt32(i * 8 + 4, true) / 1e6;
      x[i] = (lon + 180) / 360;
      y[i] = 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) / (2 * Math.PI);
    }
    return { x: x, y: y };
  }
  function bytes(url) {
    return fetch(url, { cache: "no-store" }).then(function (response) {
      if (!response.ok) throw new Error("HTTP " + response.status);
      return response.arrayBuffer();
    });
  }
  /* Classes that come after others were asked for are not wanted any more. */
  function colour(one, set) {
    if (one.asked === (set.classes || "")) { one.layer.tell(set); return Promise.resolve(); }
    var asked = one.asked = set.classes || "";
    return (asked ? bytes(asked) : Promise.resolve(null)).then(function (buffer) {
      if (one.asked === asked) one.layer.colour(set, buffer && new Uint8Array(buffer));
    });
  }

  function apply(map, sets, failed) {
    var wanted = {};
    (sets || []).forEach(function (set) { wanted[set.url] = set; });
    Object.keys(layers).forEach(function (url) {
      if (wanted[url]) return;
      if (layers[url].layer) layers[url].layer.remove();
      delete layers[url];
    });
    Object.keys(wanted).forEach(function (url) {
      var set = wanted[url], one = layers[url];
      function lost(problem) { if (layers[url] === one) delete layers[url]; failed(problem.message); }
      if (one) {
        one.set = set;
        if (one.layer) colour(one, set).catch(lost);
        return;
      }
      one = layers[url] = { set: set };
      bytes(url).then(function (buffer) {
        if (layers[url] !== one) return null;
        one.layer = geoPointLayer(mercator(buffer), one.set);
        return colour(one, one.set).then(function () { if (layers[url] === one) one.layer.addTo(map); });
      }).catch(lost);
    });
  }

  function sum(what) {
    return Object.keys(layers).reduce(function (all, url) {
      return all + (layers[url].layer ? what(layers[url].layer) : 0);
    }, 0);
  }
  /* Where marks with a number stand on the map, and dots if they are few, for labels to keep off. */
  function boxes(map) {
    var found = [];
    Object.keys(layers).forEach(function (url) {
      var drawn = layers[url].layer && layers[url].layer.drawn;
      function keep(one, r) {
        var at = map.layerPointToContainerPoint([drawn.corner[0] + one.x, drawn.corner[1] + one.y]);
        found.push([at.x - r, at.y - r, at.x + r, at.y + r]);
      }
      if (!drawn) return;
      drawn.marks.forEach(function (mark) { keep(mark, mark.r); });
      if (drawn.dots.length <= SPARSE) drawn.dots.forEach(function (dot) { keep(dot, drawn.radius); });
    });
    return found;
  }

  window.geoPoints = {
    apply: apply,
    boxes: boxes,
    redraw: function () { sum(function (layer) { layer.redraw(); return 0; }); },
    total: function () { return sum(function (layer) { return layer.size(); }); },
    count: function () { return sum(function (layer) { return layer.drawn ? layer.drawn.seen : 0; }); },
    marks: function () {
      return Object.keys(layers).map(function (url) { return layers[url].layer && layers[url].layer.drawn; });
    },
  };
})();
