/* Labels on the map: the important ones first, none over another. One of a place is clicked as the place itself.
 *
 * geoLabels.wanted(now): what is to be named of what is drawn, as map.js tells it.
 * geoLabels.place(map, pane, wanted, others, act): `wanted` are {className, text, at, rank, size, dots}, those of lower
 * rank first; one with an id also has the `shape` of what it names: it stands inside where it fits, else beside; but for
 * the one selected it stands on no other place, unless that holds its own. `others` are elements and boxes [left, top, right, bottom] that no label may cover;
 * act.click(id), act.point(id, on) are told. Returns how many found room. */
(function () {
  "use strict";

  /* From which zoom on they have names. */
  var NAMED = { township: 13, station: 13, institution: 14 };
  var ruler = document.createElement("canvas").getContext("2d"), widths = {};

  function width(text, font) {
    var key = font + text;
    if (widths[key] === undefined) { ruler.font = font; widths[key] = ruler.measureText(text).width; }
    return widths[key];
  }

  function apart(a, b) { return a[2] <= b[0] || a[0] >= b[2] || a[3] <= b[1] || a[1] >= b[3]; }

  function place(map, pane, wanted, others, act) {
    var boxes = [], fragment = document.createDocumentFragment(), count = 0;
    var family = getComputedStyle(map.getContainer()).fontFamily;
    var size = map.getSize(), corner = map.containerPointToLayerPoint([0, 0]);
    var origin = map.getContainer().getBoundingClientRect();
    others.forEach(function (node) {
      if (Array.isArray(node)) { boxes.push(node); return; }
      var r = node && node.getBoundingClientRect();
      if (!r || !r.width) return;
      boxes.push([r.left - origin.left, r.top - origin.top, r.right - origin.left, r.bottom - origin.top]);
    });
    function free(box) {
      if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) return false;
      return boxes.every(function (b) { return apart(box, b); });
    }
    /* Where a name would hide a small place of another. */
    var marks = wanted.filter(function (c) { return c.shape; }).map(function (c) {
      var b = c.shape.box(), box = c.px = [b[0] - corner.x, b[1] - corner.y, b[2] - corner.x, b[3] - corner.y];
      return { c: c, box: box, small: small(box) };
    });
    function small(box) { return box[2] - box[0] < 26 && box[3] - box[1] < 26; }
    function hides(box, c) {
      return marks.some(function (m) { return m.small && m.c !== c && !apart(box, m.box); });
    }
    /* The places that a name may not stand on: all but its own and those around it. */
    function strangers(c, p) {
      return c.shape ? marks.filter(function (m) { return m.c !== c && !geoShapes.holds(m.c.shape, p.x + corner.x, p.y + corner.y); }) : [];
    }
    function spotsOf(c, p, w, h) {
      var dot = /station|institution/.test(c.className);
      if (dot) return [[6, -h / 2], [-w - 6, -h / 2], [-w / 2, 6], [-w / 2, -h - 6]];
      var centre = [-w / 2, -h / 2], around = [[9, -h / 2], [-w - 9, -h / 2], [-w / 2, 7], [-w / 2, -h - 7]];
      around.push([9, 7], [-w - 9, 7], [9, -h - 7], [-w - 9, -h - 7]);
      if (!c.px) return [centre, [-w / 2, 7], [-w / 2, -h - 7]].concat(around);
      if (!small(c.px)) {      /* over itself, as near its middle as there is room */
        var steps = [0, 1.2, -1.2, 2.4, -2.4, 3.6, -3.6].map(function (n) { return [-w / 2, -h / 2 + n * h]; });
        return steps.filter(function (s) {
          return p.y + s[1] > c.px[1] && p.y + s[1] + h < c.px[3] || s[1] === centre[1];
        }).concat(around);
      }
      var l = c.px[0] - p.x, t = c.px[1] - p.y, r = c.px[2] - p.x, b = c.px[3] - p.y, gap = 3;
      var sides = [[r + gap, -h / 2], [l - w - gap, -h / 2], [-w / 2, b + 1], [-w / 2, t - h - 1]];
      return sides.concat([[r, b], [l - w, b], [r, t - h], [l - w, t - h], centre]);
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
      var spaced = c.className === "district" ? c.text.length * c.size * 0.12 : 0;
      var w = width(c.text, (heavy ? "700 " : "") + c.size + "px " + family) + spaced + c.dots.length * 12 + 4;
      var h = c.size * 1.25, spots = spotsOf(c, p, w, h), air = c.rank > 6 ? 5 : 0;
      function fits(spot) {
        var x = p.x + spot[0], y = p.y + spot[1];
        return free([x - air, y - air, x + w + air, y + h + air]);
      }
      spots = spots.filter(fits);
      var kind = spots.filter(function (s) {
        return !hides([p.x + s[0], p.y + s[1], p.x + s[0] + w, p.y + s[1] + h], c);
      });
      var others = strangers(c, p), alone = kind.filter(function (s) {   /* letters are less high than their line */
        var box = [p.x + s[0] + 1, p.y + s[1] + 2, p.x + s[0] + w - 1, p.y + s[1] + h - 2];
        var there = [box[0] + corner.x, box[1] + corner.y, box[2] + corner.x, box[3] + corner.y];
        return !others.some(function (m) { return !apart(box, m.box) && geoShapes.touch(m.c.shape, there); });
      });
      var spot = alone[0] || (c.shape && c.rank > 0 ? null : kind[0] || spots[0]);
      if (spot) {
        var x = p.x + spot[0], y = p.y + spot[1];
        boxes.push([x, y, x + w, y + h]);
        var node = document.createElement("div");
        node.className = "geo-label " + c.className; node.textContent = c.text;
        node.style.fontSize = c.size + "px";
        node.style.left = Math.round(x + corner.x) + "px"; node.style.top = Math.round(y + corner.y) + "px";
        c.dots.forEach(function (colour) { node.appendChild(document.createElement("i")).style.background = colour; });
        if (c.id) { node.dataset.place = c.id; listen(node, c.id); }
        fragment.appendChild(node);
        count += 1;
      }
    });
    pane.replaceChildren(fragment);
    return count;
  }

  function each(groups, act) {
    groups.forEach(function (group) { group.features.forEach(function (data) { act(group, data); }); });
  }
  function wanted(now) {
    var state = now.state, layout = now.layout, drawn = now.drawn, named = now.named, list = [], colours = {};
    layout.clusters.forEach(function (cluster) { colours[cluster.id] = cluster.colour; });
    var bounds = now.map.getBounds().pad(0.05);
    function add(className, text, at, rank, size, more) {
      if (!text || !at || !bounds.contains(at)) return;
      list.push(L.extend({ className: className, text: text, at: at, rank: rank, size: size, dots: [] }, more));
    }
    state.visible.forEach(function (id) {
      var item = drawn[id]; if (!item || !item.layer || !now.map.hasLayer(item.layer)) return;
      var place = item.data, role = place.kindRow.role, selected = id === state.selected;
      if (role === "city" && !selected) return;
      var text = state.lang === "zh" ? place.szh : place.sen;
      var more = { dots: place.clusters.map(function (c) { return colours[c]; }), id: id };
      var rank = selected ? 0 : (role === "corridor" ? 1 : 3 - place.size / (layout.places.length + 1));
      if (role === "district") { add("district", text, place.at, selected ? 0 : 4, 12, more); return; }
      more.shape = item.layer;
      add("place" + (selected ? " selected" : ""), text, place.at, rank, 12.5, more);
    });
    if (!now.over) {
      each(now.context, function (item, data) {
        if (item.role === "district" && !(data.id && drawn[data.id] && state.visible.indexOf(data.id) >= 0)) {
          var known = data.id && drawn[data.id] && drawn[data.id].data;
          add("district", known ? (state.lang === "zh" ? known.szh : known.sen) : named(data), data.at, 4, 12);
        }
        if (item.role === "water" && data.at && now.zoom >= 11) add("water", named(data), data.at, 6, 11.5);
        if (item.role === "station" && now.zoom >= NAMED.station) add("station", named(data), data.at, 8, 11);
      });
      if (now.zoom >= NAMED.township) each(now.townships, function (item, data) {
        add("township", named(data), data.at, 9, 11);
      });
    }
    now.institutions.forEach(function (item) {
      if (now.zoom < NAMED.institution || !now.map.hasLayer(item.layer)) return;
      add("institution", named(item.data), item.data.at, 7, 11);
    });
    return list;
  }

  window.geoLabels = { wanted: wanted, place: place };
})();
