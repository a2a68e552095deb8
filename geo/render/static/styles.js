/* How things look: places by kind or class, their outline by how it was drawn, institutions, the ground; in two themes.
 *
 * Styles are Leaflet's path options, with two of ours that geoStyles.canvas(options) draws: `casing`, the colour of a rim, and `hatch`,
 * that of a pattern, with `hatchKind`. `now` is { state, dark, zoom, over }: over is true above an online basemap. */
(function () {
  "use strict";

  var SKINS = {
    light: { land: "#f8f7f3", sea: "#dbe7ed", border: "#aeb4b8", township: "#cfd3d4", water: "#a9cbdb", road: "#d3cbb9", station: "#7d868d",
             none: "#9aa2a8", hatch: "rgba(30,40,48,.55)", selected: "#111a20", halo: "#ffffff" },
    dark: { land: "#1c262e", sea: "#0b141b", border: "#4d5b66", township: "#2f3b44", water: "#2f566b", road: "#4a4a45", station: "#8a97a1",
            none: "#6c7881", hatch: "rgba(255,255,255,.5)", selected: "#ffffff", halo: "#131c23" },
  };
  var DASH = { official_bounds: null, digitised: "8 5", schematic: "2 4" };
  var patterns = {};

  function skin(dark) { return SKINS[dark ? "dark" : "light"]; }

  var HatchCanvas = L.Canvas.extend({
    _fillStroke: function (ctx, layer) {
      var o = layer.options;
      if (o.casing && o.weight) {
        ctx.globalAlpha = 0.9; ctx.lineWidth = o.weight + 2.5; ctx.strokeStyle = o.casing;
        ctx.lineJoin = "round"; ctx.setLineDash([]); ctx.stroke();
      }
      L.Canvas.prototype._fillStroke.call(this, ctx, layer);
      if (o.hatch) {
        ctx.globalAlpha = 1; ctx.fillStyle = pattern(ctx, o.hatch, o.hatchKind); ctx.fill("evenodd");
        if (o.stroke && o.weight) { ctx.globalAlpha = o.opacity; ctx.stroke(); }
      }
    },
  });
  function pattern(ctx, colour, kind) {
    var key = colour + kind;
    if (patterns[key]) return patterns[key];
    var tile = document.createElement("canvas"), c, size = kind === "dots" ? 7 : 8;
    tile.width = tile.height = size;
    c = tile.getContext("2d");
    c.strokeStyle = c.fillStyle = colour;
    if (kind === "dots") { c.fillRect(2, 2, 1.5, 1.5); }
    else {
      c.lineWidth = 1.2; c.beginPath();
      [[-2, 2, 2, -2], [0, 8, 8, 0], [6, 10, 10, 6]].forEach(function (s) {
        c.moveTo(s[0], s[1]); c.lineTo(s[2], s[3]);
        if (kind === "cross") { c.moveTo(8 - s[0], s[1]); c.lineTo(8 - s[2], s[3]); }
      });
      c.stroke();
    }
    return (patterns[key] = ctx.createPattern(tile, "repeat"));
  }

  /* What is hatched of a place without published bounds: never where another has bounds. A mark of a class that would find no room there
   * stays on the whole. */
  function hatch(one, now) {
    var style = look(one, now);
    return { stroke: false, fill: true, fillOpacity: 0, hatch: apart(one, style) ? style.hatch : null, hatchKind: style.hatchKind };
  }
  function apart(one, style) { return one.h && (!style.hatchKind || one.h.length > 0); }
  function place(one, now) {
    var style = look(one, now);
    if (apart(one, style)) style.hatch = null;
    return style;
  }
  function look(one, now) {
    var s = skin(now.dark), kind = one.kindRow, classes = now.state.classes, role = kind.role;
    var style = { color: kind.colour, weight: role === "corridor" ? 1.6 : 2, opacity: 1, fill: true, fillColor: kind.colour, casing: null,
      fillOpacity: role === "district" || role === "city" ? 0.03 : (role === "corridor" ? 0.10 : 0.24), dashArray: DASH[one.method], hatch: null };
    if (one.method === "schematic") { style.hatch = fade(kind.colour, 0.5); style.weight = 1; style.opacity = 0.75; style.fillOpacity /= 2; }
    if (classes && classes.roles.indexOf(role) >= 0) {
      var k = classes.values[one.id];
      if (k === undefined || k === null) {
        style.fillColor = s.none; style.fillOpacity = 0.22;
        if (classes.apart.indexOf(one.id) >= 0) { style.hatch = s.hatch; style.hatchKind = "cross"; }
        else if (!style.hatch) { style.hatch = s.hatch; style.hatchKind = "dots"; }
      } else {
        style.fillColor = classes.list[k].colour; style.fillOpacity = 0.82;
        if (style.hatch) style.hatch = s.hatch;
      }
      if (role === "district") { style.color = s.border; style.weight = 1.2; }
    }
    if (now.state.selected === one.id) { style.casing = s.halo; style.color = s.selected; style.weight = 3.2; style.opacity = 1; }
    return style;
  }
  function fade(colour, alpha) {
    var n = parseInt(colour.slice(1), 16);
    return "rgba(" + (n >> 16) + "," + ((n >> 8) & 255) + "," + (n & 255) + "," + alpha + ")";
  }
  function ground(item, now) {
    var s = skin(now.dark), near = now.zoom > 11;
    switch (item.role) {
      case "district": return { color: s.border, weight: 1, fill: !now.over, fillColor: s.land, fillOpacity: 1 };
      case "township": return { color: s.township, weight: 0.8, fill: false };
      case "water": return item.t === "line" ? { color: s.water, weight: near ? 5 : 2.5, opacity: 0.9 }
                                                  : { stroke: false, fill: true, fillColor: s.water, fillOpacity: 0.9 };
      case "sea": return { stroke: false, fill: true, fillColor: s.sea, fillOpacity: 1 };
      case "coast": return { color: s.border, weight: 1, fill: false };
      case "rail": return { color: item.colour, weight: near ? 2.2 : 1.3, opacity: now.dark ? 0.75 : 0.6, fill: false };
      case "station": return { color: s.station, weight: 1, fill: true, fillColor: s.halo, fillOpacity: 1, radius: now.zoom > 12 ? 3.2 : 1.8 };
      default: return { color: s.road, weight: 2, fill: false };
    }
  }
  function institution(one, now) {
    /* From afar they show where, and let a click through to the place. */
    return { interactive: now.zoom >= 10, color: skin(now.dark).halo, weight: now.zoom < 10 ? 0.8 : 1.2, fill: true,
      fillColor: now.dark ? "#d9e2e8" : "#33414c",
      fillOpacity: one.accuracy > 500 ? 0.45 : 0.95, radius: now.zoom > 12 ? 5 : (now.zoom < 10 ? 2.4 : 3.4) };
  }

  window.geoStyles = { skin: skin, place: place, hatch: hatch, ground: ground, institution: institution,
    canvas: function (options) { return new HatchCanvas(options); } };
})();
