/* Pointing at a user's points: a dot says its row, asked for when it is pointed at; a mark with a number opens up.
 *
 * geoPointing(map, layer, url) listens until .end() is called; `url` and the number of a point are where its words lie. */
(function () {
  "use strict";

  var MOST = 8, STEP = 2;

  function el(tag, text, parent) {
    var node = document.createElement(tag);
    node.textContent = text;
    return parent.appendChild(node);
  }

  window.geoPointing = function (map, layer, url) {
    var box = map.getContainer(), known = {}, shown = null, tip = null, ended = false;

    function ask(point) {
      if (!known[point]) {
        known[point] = fetch(url + point, { cache: "no-store" }).then(function (response) {
          if (!response.ok) throw new Error("HTTP " + response.status);
          return response.json();
        });
        known[point].catch(function () { delete known[point]; });
      }
      return known[point];
    }
    function close() {
      if (tip) tip.remove();
      tip = shown = null;
      box.classList.remove("geo-on-row");
    }
    /* One row is told whole, of several in one spot their names. */
    function tell(found) {
      var points = found.dots.map(function (one) { return one.point; }), key = points.join();
      if (ended || shown === key) return;
      close(); shown = key;
      box.classList.add("geo-on-row");
      Promise.all(points.slice(0, MOST).map(ask)).then(function (rows) {
        if (shown !== key) return;
        var body = document.createElement("div");
        rows.forEach(function (row) { el("b", row.name, body); });
        if (rows.length === 1) rows[0].cells.forEach(function (cell) { el("span", cell.join(": "), body); });
        if (points.length > MOST) el("span", "+ " + (points.length - MOST), body);
        tip = L.tooltip({ className: "geo-tip geo-row", direction: "top", offset: [0, -6], opacity: 1, content: body });
        tip.setLatLng(found.where).addTo(map);
      }).catch(close);
    }
    function find(event) {
      if (event.target.closest(".leaflet-control, .geo-panel, .geo-label[data-place]")) return null;
      var found = layer.at(map.mouseEventToContainerPoint(event));
      return found && (found.mark || url) ? found : null;
    }
    function moved(event) {
      var found = event.buttons ? null : find(event);
      box.classList.toggle("geo-on-mark", !!found);
      if (found && found.dots) tell(found); else close();
    }
    /* Before Leaflet hears of it: what is beneath is not meant. */
    function clicked(event) {
      var found = map.dragging.moved() ? null : find(event);
      if (!found) { close(); return; }
      if (found.mark) map.setView(found.where, Math.min(map.getZoom() + STEP, map.getMaxZoom()));
      else tell(found);
      event.stopPropagation();
    }
    box.addEventListener("mousemove", moved);
    box.addEventListener("mouseleave", close);
    box.addEventListener("click", clicked, true);
    map.on("zoomstart", close);
    return { end: function () {
      ended = true;
      close();
      box.classList.remove("geo-on-mark");
      box.removeEventListener("mousemove", moved);
      box.removeEventListener("mouseleave", close);
      box.removeEventListener("click", clicked, true);
      map.off("zoomstart", close);
    } };
  };
})();
