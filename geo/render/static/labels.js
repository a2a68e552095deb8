/* Labels on the map: the important ones first, none over another. One of a place is clicked as the place itself.
 *
 * geoLabels.place(map, pane, wanted, others, act): `wanted` are {className, text, at, rank, size, dots}, those of lower rank first; one with
 * an id also has `over`, the bounds of what it names: it stands inside where it fits, else beside, and on no small place if it can.
 * `others` are elements that no label may cover. act.click(id) and act.point(id, on) are told. Returns how many found room. */
(function () {
  "use strict";

  var ruler = document.createElement("canvas").getContext("2d"), widths = {};

  function width(text, font) {
    var key = font + text;
    if (widths[key] === undefined) { ruler.font = font; widths[key] = ruler.measureText(text).width; }
    return widths[key];
  }

  function place(map, pane, wanted, others, act) {
    var boxes = [], fragment = document.createDocumentFragment(), count = 0, family = getComputedStyle(map.getContainer()).fontFamily;
    var size = map.getSize(), corner = map.containerPointToLayerPoint([0, 0]);
    var origin = map.getContainer().getBoundingClientRect();
    others.forEach(function (node) {
      var r = node && node.getBoundingClientRect();
      if (r && r.width) boxes.push([r.left - origin.left, r.top - origin.top, r.right - origin.left, r.bottom - origin.top]);
    });
    function free(box) {
      if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) return false;
      return boxes.every(function (b) { return box[2] <= b[0] || box[0] >= b[2] || box[3] <= b[1] || box[1] >= b[3]; });
    }
    /* Where a name would hide a small place of another. */
    var marks = wanted.filter(function (c) { return c.over; }).map(function (c) {
      var a = map.latLngToContainerPoint(c.over.getNorthWest()), b = map.latLngToContainerPoint(c.over.getSouthEast());
      return { c: c, box: c.px = [a.x, a.y, b.x, b.y], small: small([a.x, a.y, b.x, b.y]) };
    });
    function small(box) { return box[2] - box[0] < 26 && box[3] - box[1] < 26; }
    function hides(box, c) {
      return marks.some(function (m) {
        return m.small && m.c !== c && box[2] > m.box[0] && box[0] < m.box[2] && box[3] > m.box[1] && box[1] < m.box[3];
      });
    }
    function spotsOf(c, p, w, h) {
      if (/station|institution/.test(c.className)) return [[6, -h / 2], [-w - 6, -h / 2], [-w / 2, 6], [-w / 2, -h - 6]];
      var centre = [-w / 2, -h / 2], around = [[9, -h / 2], [-w - 9, -h / 2], [-w / 2, 7], [-w / 2, -h - 7], [9, 7], [-w - 9, 7], [9, -h - 7], [-w - 9, -h - 7]];
      if (!c.px) return [centre, [-w / 2, 7], [-w / 2, -h - 7]].concat(around);
      if (!small(c.px)) {      /* over itself, as near its middle as there is room */
        var steps = [0, 1.2, -1.2, 2.4, -2.4, 3.6, -3.6].map(function (n) { return [-w / 2, -h / 2 + n * h]; });
        return steps.filter(function (s) { return p.y + s[1] > c.px[1] && p.y + s[1] + h < c.px[3] || s[1] === centre[1]; }).concat(around);
      }
      var l = c.px[0] - p.x, t = c.px[1] - p.y, r = c.px[2] - p.x, b = c.px[3] - p.y, gap = 3;
      return [[r + gap, -h / 2], [l - w - gap, -h / 2], [-w / 2, b + 1], [-w / 2, t - h - 1], [r, b], [l - w, b], [r, t - h], [l - w, t - h], centre];
    }
    function listen(node, id) {
      node.addEventListener("click", function (event) {
        L.DomEvent.stop(event);
        if (!map.dragging || !map.dragging.moved()) act.click(id);
      });
      node.addEventListener("mouseenter", function () { act.point(id, true); });
      node.addEventListener("mouseleave", function () { act.point(id, false); });
    }
    wanted.sort(function (a, b) { return a.rank - b.rank; }).forEach(function (c) {
      var p = map.latLngToContainerPoint(c.at), heavy = /place/.test(c.className);
      var w = width(c.text, (heavy ? "700 " : "") + c.size + "px " + family) + (c.className === "district" ? c.text.length * c.size * 0.12 : 0) + c.dots.length * 12 + 4;
      var h = c.size * 1.25, spots = spotsOf(c, p, w, h), air = c.rank > 6 ? 5 : 0;
      function fits(spot) {
        var x = p.x + spot[0], y = p.y + spot[1];
        return free([x - air, y - air, x + w + air, y + h + air]);
      }
      spots = spots.filter(fits);
      var spot = spots.filter(function (s) { return !hides([p.x + s[0], p.y + s[1], p.x + s[0] + w, p.y + s[1] + h], c); })[0] || spots[0];
      if (spot) {
        var x = p.x + spot[0], y = p.y + spot[1];
        boxes.push([x, y, x + w, y + h]);
        var node = document.createElement("div");
        node.className = "geo-label " + c.className; node.textContent = c.text;
        node.style.cssText = "font-size:" + c.size + "px;left:" + Math.round(x + corner.x) + "px;top:" + Math.round(y + corner.y) + "px";
        c.dots.forEach(function (colour) { node.appendChild(document.createElement("i")).style.background = colour; });
        if (c.id) { node.dataset.place = c.id; listen(node, c.id); }
        fragment.appendChild(node);
        count += 1;
      }
    });
    pane.replaceChildren(fragment);
    return count;
  }

  window.geoLabels = { place: place };
})();
