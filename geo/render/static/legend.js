/* The legend: sections of rows, each a mark and its words. Marks are SVG: as canvases they would cost every frame.
 *
 * geoLegend.sections(now): what the legend of a map says, as map.js tells what is drawn.
 * geoLegend.fill(box, title, sections, changed): a section is {title, folded, rows, note}, a row [words, mark], a mark
 * {dot: colour, rim} or {fill, alpha, stroke, dash, hatch, cross, dots}: hatch and dots are the colours of a pattern, cross
 * makes hatch run both ways. `changed` is called when somebody folds a part. */
(function () {
  "use strict";

  var NS = "http://www.w3.org/2000/svg";

  function el(tag, text, parent) {
    var node = document.createElement(tag);
    if (text) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function shape(tag, parent, attributes) {
    var node = document.createElementNS(NS, tag);
    Object.keys(attributes).forEach(function (name) {
      if (attributes[name] !== null && attributes[name] !== undefined) node.setAttribute(name, attributes[name]);
    });
    return parent.appendChild(node);
  }
  function mark(parent, m) {
    var svg = shape("svg", parent, { width: 26, height: 15, viewBox: "0 0 26 15", "aria-hidden": "true" }), path = "";
    if (m.dot) {
      shape("circle", svg, { cx: 13, cy: 7.5, r: 4.3, fill: m.dot, stroke: m.rim, "stroke-width": 0.8 });
      return;
    }
    shape("rect", svg, { x: 1.5, y: 1.5, width: 23, height: 12, fill: m.fill || "none", "fill-opacity": m.alpha });
    if (m.hatch) {
      for (var x = -4.5; x < 24; x += 6) {
        path += "M" + Math.max(x, 1.5) + " " + Math.min(x + 12, 13.5);
        path += "L" + Math.min(x + 12, 24.5) + " " + Math.max(1.5, x - 11) + " ";
      }
      shape("path", svg, { d: path, stroke: m.hatch, "stroke-width": 1.2 });
      var back = { d: path, stroke: m.hatch, "stroke-width": 1.2, transform: "translate(26 0) scale(-1 1)" };
      if (m.cross) shape("path", svg, back);
    }
    if (m.dots) {
      for (var row = 0; row < 2; row += 1) for (var i = 0; i < 4; i += 1) {
        path += "M" + (3.5 + i * 5.5 + row * 2) + " " + (4 + row * 5) + "h1.6v1.6h-1.6z";
      }
      shape("path", svg, { d: path, fill: m.dots });
    }
    var rim = { fill: "none", stroke: m.stroke, "stroke-width": 1.6, "stroke-dasharray": m.dash };
    shape("rect", svg, L.extend({ x: 1.5, y: 1.5, width: 23, height: 12 }, rim));
  }

  function fill(box, title, sections, changed) {
    box.replaceChildren();
    var body = el("details", null, box);
    body.open = box.dataset.open !== "no";
    el("summary", title, body);
    body.addEventListener("toggle", function (event) {
      if (event.target === body) box.dataset.open = body.open ? "yes" : "no";
      changed();
    });
    sections.forEach(function (section) {
      var part = el(section.folded ? "details" : "section", null, body);
      el(section.folded ? "summary" : "h3", section.title, part);
      if (section.folded) part.addEventListener("toggle", changed);
      section.rows.forEach(function (row) {
        var line = el("div", null, part);
        mark(line, row[1]);
        el("span", row[0], line);
      });
      if (section.note) el("p", section.note, part);
    });
  }

  function sections(now) {
    var state = now.state, layout = now.layout, drawn = now.drawn, word = now.word, named = now.named;
    var s = geoStyles.skin(now.dark), all = [], part, grey = now.dark ? "#c3ccd3" : "#55606a", size = now.map.getSize();
    var low = size.y < 820 || size.x < 900 || !!state.classes;
    function section(title, folded) { all.push(part = { title: title, folded: !!folded, rows: [] }); }
    function row(words, mark) { part.rows.push([words, mark]); }
    if (state.points && state.points.length) {
      section(state.points_title);
      state.points.forEach(function (set) {
        (set.list || [set]).forEach(function (one) { row(one.label, { dot: one.colour || "none", rim: grey }); });
      });
      part.note = state.points_note;
    }
    if (state.classes) {
      section(state.classes.title);
      state.classes.list.forEach(function (c) { row(c.label, { fill: c.colour, alpha: 0.85, stroke: s.border }); });
      var none = { fill: s.none, alpha: 0.25, stroke: s.border };
      if (state.classes.apart.length) row(state.classes.apart_label, L.extend({ hatch: s.hatch, cross: true }, none));
      var missing = state.classes.missing_label || word("map.no_data");
      if (state.classes.missing.length) row(missing, L.extend({ dots: s.hatch }, none));
      part.note = state.classes.note;
    }
    var used = {}, groups = {};
    state.visible.forEach(function (id) {
      if (!drawn[id]) return;
      used[drawn[id].data.kind] = true;
      drawn[id].data.clusters.forEach(function (c) { groups[c] = true; });
    });
    section(word("map.legend.kinds"), state.classes);
    layout.kinds.forEach(function (kind) {
      if (used[kind.id]) row(named(kind), { fill: kind.colour, alpha: 0.25, stroke: kind.colour });
    });
    section(word("map.legend.methods"));
    row(word("map.method.official_bounds"), { fill: grey, alpha: 0.15, stroke: grey });
    row(word("map.method.digitised"), { fill: grey, alpha: 0.15, stroke: grey, dash: "5 3" });
    row(word("map.method.schematic"), { stroke: grey, dash: "2 2.5", hatch: grey });
    if (Object.keys(groups).length) section(word("map.legend.clusters"), low);
    layout.clusters.forEach(function (cluster) {
      if (groups[cluster.id]) row(named(cluster), { dot: cluster.colour });
    });
    if (state.institutions.length) {
      section(word("map.legend.institutions"), low);
      row(word("map.legend.institution"), { dot: now.dark ? "#d9e2e8" : "#33414c" });
    }
    return all;
  }

  window.geoLegend = { sections: sections, fill: fill };
})();
