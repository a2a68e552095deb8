/* Labels on the map: the important ones first, none over another.
 *
 * geoLabels.place(map, pane, wanted, others): `wanted` are {className, text, at, rank, size, dots}, those of lower rank first;
 * `others` are elements that no label may cover. Returns how many found room. */
(function () {
  "use strict";

  var ruler = document.createElement("canvas").getContext("2d"), widths = {};

  function width(text, font) {
    var key = font + text;
    if (widths[key] === undefined) { ruler.font = font; widths[key] = ruler.measureText(text).width; }
    return widths[key];
  }

  function place(map, pane, wanted, others) {
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
    wanted.sort(function (a, b) { return a.rank - b.rank; }).forEach(function (c) {
      var p = map.latLngToContainerPoint(c.at), heavy = /place/.test(c.className);
      var w = width(c.text, (heavy ? "700 " : "") + c.size + "px " + family) + (c.className === "district" ? c.text.length * c.size * 0.12 : 0) + c.dots.length * 12 + 4;
      var h = c.size * 1.25, gap = /station|institution/.test(c.className) ? 6 : 0;
      var spots = gap ? [[gap, -h / 2], [-w - gap, -h / 2], [-w / 2, gap], [-w / 2, -h - gap]]
                      : [[-w / 2, -h / 2], [-w / 2, 7], [-w / 2, -h - 7], [9, -h / 2], [-w - 9, -h / 2], [9, 7], [-w - 9, 7], [9, -h - 7], [-w - 9, -h - 7]];
      for (var i = 0; i < spots.length; i += 1) {
        var x = p.x + spots[i][0], y = p.y + spots[i][1], air = c.rank > 6 ? 5 : 0;
        if (!free([x - air, y - air, x + w + air, y + h + air])) continue;
        boxes.push([x, y, x + w, y + h]);
        var node = document.createElement("div");
        node.className = "geo-label " + c.className; node.textContent = c.text;
        node.style.cssText = "font-size:" + c.size + "px;left:" + Math.round(x + corner.x) + "px;top:" + Math.round(y + corner.y) + "px";
        c.dots.forEach(function (colour) { node.appendChild(document.createElement("i")).style.background = colour; });
        fragment.appendChild(node);
        count += 1;
        break;
      }
    });
    pane.replaceChildren(fragment);
    return count;
  }

  window.geoLabels = { place: place };
})();
