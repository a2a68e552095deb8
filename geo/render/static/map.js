/* The map: fetches the layers by URL, draws them on canvas, applies the filter state that Streamlit sends.
 *
 * geoMap.start(map) is called once, geoMap.apply(state) each time the state changes, geoMap.theme("dark" or "light")
 * with the page's. Whoever drives it sets geoMap.send, which is told what is clicked: frame.js in the app, report.js in
 * a report; and geoMap.early(url), a promise of a layer that may have been read already. labels.js, legend.js and controls.js
 * are told what is drawn and add names, a legend and buttons. Every word reaches the page through textContent. What tests and
 * benchmarks read: window.__geoMap. */
(function () {
  "use strict";

  /* From which zoom on they are drawn. */
  var ZOOM = { township: 12, station: 11, institution: 0 };
  var api = window.__geoMap = { layers: 0, painted: 0, seq: null, state: null, labels: 0, error: null, tiles: null };
  api.view = null;
  var map, renderers, state, files = {}, drawn = {}, institutions = [], context = [], townships = [];
  var tiles = null, dark = false, labelPane, legend, notice, scale, alertBox, controls = [], loading = 0, home = null;
  var lastFit = null, lastView = null, placed = false, groundKey = null, legendKey = null, busy = false, moved = false, fitted = "";

  /* ---- small helpers ---- */
  function el(tag, className, text, parent) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    if (parent) parent.appendChild(node);
    return node;
  }
  function word(id) {
    return (files.layout && files.layout.texts[state.lang][id]) || (state.words && state.words[id]) || "";
  }
  function named(thing) { return thing[state.lang] || thing.zh || thing.en || ""; }
  /* What is drawn, and how: for styles, labels and the legend. */
  function look() {
    return { map: map, state: state, dark: dark, zoom: map.getZoom(), over: online(), layout: files.layout,
             drawn: drawn, context: context, townships: townships, institutions: institutions,
             word: word, named: named };
  }

  function tell(message, details, close) {
    if (alertBox) alertBox.remove();
    alertBox = el("div", "geo-panel geo-alert", null, map.getContainer());
    alertBox.setAttribute("role", "alert");
    if (close) el("button", "", "×", alertBox).onclick = function () { alertBox.remove(); };
    el("b", "", message, alertBox);
    (details || []).forEach(function (line) { el("p", "", line, alertBox); });
    L.DomEvent.disableClickPropagation(alertBox);
    return alertBox;
  }
  function fail(message, detail) {
    api.error = message + " " + detail;
    tell(message, [detail]);
  }

  /* ---- loading ---- */
  /* In a report, one file without a server, the data stand in the page and there is no link to copy. */
  function alone() { return state.urls.layout.charAt(0) === "#"; }
  function load(name) {
    var url = state.urls[name];
    if (files[name] && files[name].url === url) return Promise.resolve(files[name]);
    if (alone()) return new Promise(function (resolve) {
      resolve(L.extend(JSON.parse(document.querySelector(url).textContent), { url: url }));
    });
    return geoMap.early(url).catch(function () { return ask(url); }).then(function (data) { data.url = url; return data; });
  }
  function ask(url) {
    return fetch(url).then(function (response) {
      if (!response.ok) throw new Error(url + " (HTTP " + response.status + ")");
      return response.json();
    }, function (problem) { throw new Error(url + " (" + problem.message + ")"); });
  }
  function loadAll(turn) {
    return Promise.all([load("layout"), load("basemap")]).then(function (got) {
      if (turn !== loading) return false;
      if (files.layout !== got[0] || files.basemap !== got[1]) {
        files.layout = got[0]; files.basemap = got[1];
        build();
      }
      return true;
    });
  }

  function build() {
    var places = Object.keys(drawn).map(function (id) { return drawn[id]; });
    var hatches = places.map(function (item) { return item.hatch; }).filter(Boolean);
    places.concat(hatches, institutions, context, townships).forEach(function (item) { if (item.layer) item.layer.remove(); });
    groundKey = legendKey = null;
    drawn = {}; institutions = []; townships = []; files.townships = null;
    context = geoShapes.ground(files.basemap.layers, renderers.base);
    var ranks = {};
    files.layout.kinds.forEach(function (kind) { ranks[kind.id] = kind; });
    files.layout.places.forEach(function (place) {
      place.kindRow = ranks[place.kind];
      drawn[place.id] = { data: place, layer: null };
    });
    var b = files.layout.bbox;
    home = L.latLngBounds([]);
    files.layout.places.forEach(function (place) {
      var role = place.kindRow.role;
      if (role !== "city" && role !== "district") home.extend(shaped(drawn[place.id]).layer.getBounds());
    });
    if (!home.isValid()) home = L.latLngBounds([[b[1], b[0]], [b[3], b[2]]]);
    files.layout.institutions.forEach(function (one) {
      var layer = L.circleMarker(one.at, { renderer: renderers.places, radius: 4 });
      var item = { data: one, layer: layer, institution: true };
      hook(layer, item, function () { send({ institution: one.id }); });
      institutions.push(item);
    });
  }
  /* The shape of a place is made when it is first shown: districts and the city, most of all vertices, seldom are. */
  function shaped(item) {
    var place = item.data;
    if (item.layer) return item;
    item.layer = geoShapes.make("area", [place.g], { renderer: renderers.places });
    hook(item.layer, item, function () { send({ place: place.id }); });
    var still = { renderer: renderers.places, interactive: false };
    if (place.h) item.hatch = { layer: geoShapes.make("area", [place.h], still) };
    return item;
  }
  function loadTownships() {
    if (files.townships || !state.urls.townships || map.getZoom() < ZOOM.township) return;
    files.townships = { pending: true };
    load("townships").then(function (data) {
      files.townships = data;
      townships = geoShapes.ground(data.layers, renderers.base);
      paint();
    }).catch(function (problem) { fail(word("map.error.layer"), problem.message); });
  }

  /* ---- painting ---- */
  function show(item, wanted, style) {
    var there = map.hasLayer(item.layer);
    if (wanted) {
      L.setOptions(item.layer, style);
      if (style.radius) item.layer._radius = style.radius;
      if (item.layer._map) { item.layer.setStyle(style); if (style.radius) item.layer.setRadius(style.radius); }
      else item.layer.addTo(map);
    } else if (there) item.layer.remove();
    return wanted;
  }
  /* The ground changes with zoom, theme and basemap only; a filter leaves it alone. */
  function paintContext(zoom, over) {
    var key = [zoom, dark, over, townships.length, context.length].join();
    if (key === groundKey) return;
    groundKey = key;
    var now = look();
    context.forEach(function (item) {
      var on = !over || item.role === "district";
      if (item.role === "station" && zoom < ZOOM.station) on = false;
      show(item, on, geoStyles.ground(item, now));
    });
    townships.forEach(function (item) { show(item, !over && zoom >= ZOOM.township, geoStyles.ground(item, now)); });
    context.forEach(function (item) {
      if (item.role === "station" && map.hasLayer(item.layer)) item.layer.bringToFront();
    });
  }
  function lift(item) {
    if (item.hatch) item.hatch.layer.bringToFront();
    item.layer.bringToFront();
  }
  function paint() {
    var zoom = map.getZoom(), over = online(), wanted = {}, count = 0;
    var now = look();
    paintContext(zoom, over);
    state.visible.forEach(function (id) { wanted[id] = true; });
    var order = [];
    files.layout.places.forEach(function (place) {
      var item = drawn[place.id], on = !!wanted[place.id];
      if (!on && !item.layer) return;
      show(shaped(item), on, on ? geoStyles.place(place, now) : {});
      if (item.hatch) show(item.hatch, on, on ? geoStyles.hatch(place, now) : {});
      if (on) { count += 1; order.push(place); }
    });
    order.sort(function (a, b) { return b.size - a.size; });   /* small above large, the selected one on top */
    order.forEach(function (place) { lift(drawn[place.id]); });
    if (wanted[state.selected] && drawn[state.selected]) lift(drawn[state.selected]);
    var keep = {}, all = state.institutions === "all";
    if (!all) state.institutions.forEach(function (id) { keep[id] = true; });
    institutions.forEach(function (item) {
      var on = (all || keep[item.data.id]) && zoom >= ZOOM.institution;
      if (show(item, on, on ? geoStyles.institution(item.data, now) : {})) item.layer.bringToFront();
    });
    /* The shapes are seen first; words follow in the next turn. */
    requestAnimationFrame(function () {
      api.layers = count; api.seq = state.seq; api.state = state; api.painted += 1;
      api.paintedAt = performance.timeOrigin + performance.now();
      document.documentElement.dataset.geoPainted = String(state.seq);
      if (state.say) { fetch(state.say, { method: "POST" }).catch(function () {}); state.say = ""; }
      setTimeout(function () { drawLegend(); drawNotice(); labels(); api.labelled = state.seq; }, 0);
    });
  }

  /* ---- labels ---- */
  function labels() {
    var others = [legend, notice, scale.getContainer()].concat(controls.map(function (c) { return c.getContainer(); }));
    if (window.geoPoints) others = others.concat(window.geoPoints.boxes(map));
    api.labels = geoLabels.place(map, labelPane, geoLabels.wanted(look()), others, {
      click: function (id) { send({ place: id }); },
      point: function (id, on) { if (drawn[id]) raise(drawn[id], on); },
    });
  }

  /* ---- tooltip, click ---- */
  function tip(item) {
    var box = el("div"), data = item.data;
    el("b", "", named(data), box);
    if (item.institution) {
      var within = word("map.accuracy").replace("{metres}", data.accuracy.toLocaleString("en-US"));
      el("span", "", word("map.institution." + data.kind) + " · " + within, box);
      return box;
    }
    el("span", "", named(data.kindRow) + " · " + word("map.method." + data.method), box);
    if (state.classes && state.classes.roles.indexOf(data.kindRow.role) >= 0) {
      el("span", "", state.classes.title + ": " + (state.classes.texts[data.id] || word("map.no_data")), box);
    }
    return box;
  }
  function hook(layer, item, onClick) {
    layer.bindTooltip(function () { return tip(item); }, { sticky: true, className: "geo-tip", opacity: 1 });
    layer.on("click", function (event) { L.DomEvent.stop(event); onClick(); });
    layer.on("mouseover", function () { raise(item, true); });
    layer.on("mouseout", function () { raise(item, false); });
  }
  /* What is pointed at, itself or its name, stands out. */
  function raise(item, on) {
    if (item.institution || !item.layer || !map.hasLayer(item.layer)) return;
    var style = geoStyles.place(item.data, look());
    if (on && item.data.id !== state.selected) style.weight += 1.4;
    item.layer.setStyle(style);
  }
  function send(value) {
    moved = true;      /* whoever has clicked wants the map to stay where it is */
    value.n = Date.now();
    window.geoMap.send(value);
  }

  /* ---- legend, notice, buttons ---- */
  function drawLegend() {
    var sections = geoLegend.sections(look());
    var key = JSON.stringify([word("map.legend"), sections]);
    if (key === legendKey) return;
    legendKey = key;
    geoLegend.fill(legend, word("map.legend"), sections, labels);
  }
  function drawNotice() {
    var parts = [], basemap = state.basemap;
    notice.replaceChildren();
    if (basemap && basemap.attribution) parts.push(basemap.attribution);
    parts.push(named(files.layout.attribution), named(files.layout.notice));
    if (basemap && basemap.datum !== "wgs84") parts.push(word("map.shifted"));
    el("span", "", parts.filter(Boolean).join(" · "), notice);
  }
  function drawControls() {
    controls.forEach(function (control) { control.remove(); });
    controls = geoControls.make(word, function () { goHome(true); }, alone() ? null : function () {
      geoControls.copyLink(map, word, function (message, url) {
        var note = tell(message, [], true), input = el("input", "", null, note);
        input.setAttribute("aria-label", word("map.copy_link"));
        input.value = api.link = url; input.readOnly = true; input.select();
      });
    });
    controls.forEach(function (control) { control.addTo(map); });
  }
  /* Home is where the layout lies, not the city's outer islands; leave room for an open legend. */
  function goHome(animate) {
    var wide = map.getSize().x > 620 && legend.dataset.open !== "no";
    map.fitBounds(home, { animate: animate, paddingTopLeft: [wide ? 90 : 10, 20], paddingBottomRight: [30, 20] });
  }

  /* ---- online basemaps: asked for only when chosen ---- */
  function setTiles() {
    var wanted = state.basemap && state.basemap.url ? state.basemap : null;
    if ((tiles && tiles.id) === (wanted && wanted.id)) return;
    if (tiles && tiles.layer) tiles.layer.remove();
    if (alertBox) alertBox.remove();
    tiles = null; api.tiles = null;
    if (!wanted) return;
    var good = 0, bad = 0, mine = { id: wanted.id };
    var bounds = { maxZoom: 18, maxNativeZoom: wanted.max_zoom };
    mine.layer = L.tileLayer(wanted.url, L.extend(bounds, { subdomains: wanted.subdomains || "abc" }));
    mine.layer.on("tileload", function () { good += 1; api.tiles = "ok"; });
    mine.layer.on("tileerror", function () {
      bad += 1;
      if (good || bad < 3 || tiles !== mine || !mine.layer) return;
      api.tiles = "failed";
      mine.layer.remove(); mine.layer = null;      /* the bundled basemap comes back, in the same datum */
      tell(word("map.error.tiles"), [wanted.host, word("map.error.tiles_remedy")], true);
      paint();
    });
    tiles = mine;
    mine.layer.addTo(map);
  }
  function online() { return !!(tiles && tiles.layer); }

  /* ---- the two entries ---- */
  function start(instance) {
    map = instance;
    map.createPane("geo-base").style.zIndex = 250;
    map.createPane("geo-places").style.zIndex = 400;
    labelPane = map.createPane("geo-label-pane");
    labelPane.className += " geo-labels leaflet-zoom-hide"; labelPane.style.zIndex = 620;
    renderers = { base: geoStyles.canvas({ pane: "geo-base", padding: 0.2 }),
                  places: geoStyles.canvas({ pane: "geo-places", padding: 0.2 }) };
    scale = L.control.scale({ imperial: false, position: "bottomright", maxWidth: 110 }).addTo(map);
    map.attributionControl && map.attributionControl.remove();
    var corner = L.control({ position: "bottomright" });
    corner.onAdd = function () { return (notice = el("div", "geo-notice")); };
    corner.addTo(map);
    var key = L.control({ position: "bottomleft" });
    key.onAdd = function () {
      legend = el("div", "geo-panel geo-legend");
      legend.dataset.open = window.innerWidth < 520 || window.innerHeight < 360 ? "no" : "yes";
      L.DomEvent.disableClickPropagation(legend); L.DomEvent.disableScrollPropagation(legend);
      return legend;
    };
    key.addTo(map);
    map.on("moveend", function () {
      var c = map.getCenter();
      api.view = [c.lat, c.lng, map.getZoom()];
      if (files.layout && state && !busy) { loadTownships(); labels(); }
    });
    map.on("geo-points", function () { if (files.layout && state && !busy) labels(); });
    map.on("zoomend", function () { if (files.layout && state && !busy) paint(); });
    map.on("click", function () { if (state && state.selected) send({ place: "" }); });
    map.on("dragstart zoomstart", function () { if (!busy) moved = true; });
    new ResizeObserver(resized).observe(document.documentElement);
    /* Leaflet focuses the map at a click; the ring is for those who came by keyboard. */
    ["pointerdown", "keydown"].forEach(function (by) {
      document.addEventListener(by, function () {
        document.documentElement.classList.toggle("geo-pointed", by === "pointerdown");
      }, true);
    });
    followTheme();
  }
  /* The page around may still be growing: what was in the middle stays there, and home stays home. */
  function resized() {
    var centre = map.getCenter(), zoom = map.getZoom(), before = busy;
    if (placed && fitted === sized()) return;   /* the first news is of the size that it was placed in */
    fitted = sized();
    busy = true;
    map.invalidateSize({ pan: false, animate: false });
    if (placed && !moved && !(state && state.fit)) goHome(false);
    else if (placed) map.setView(centre, zoom, { animate: false });
    busy = before;
    if (placed && !busy && files.layout) paint();
  }
  /* Until it is told the theme, the map takes that of the page around it. */
  function followTheme() {
    var colour;
    try {
      colour = getComputedStyle(window.parent.document.querySelector(".stApp")).backgroundColor.match(/[\d.]+/g);
    } catch (problem) { return; }
    if (colour) setDark(0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] < 110);
  }
  function sized() { return [map.getContainer().clientWidth, map.getContainer().clientHeight].join(); }
  function setDark(yes) {
    if (yes === dark) return;
    dark = yes;
    document.documentElement.classList.toggle("dark", dark);
    api.theme = dark ? "dark" : "light";
    if (files.layout && state) { paint(); drawLegend(); }
  }
  function apply(told) {
    var before = state;
    state = told;
    if (!placed) map.invalidateSize({ pan: false, animate: false });   /* it may have been started when out of sight */
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    map.getContainer().setAttribute("aria-label", state.label || "");
    loadAll(++loading).then(function (current) {
      if (!current) return;
      busy = true;      /* moving the map below must not paint it twice */
      setTiles();
      if (!before || before.lang !== state.lang || !controls.length) drawControls();
      if (state.view && JSON.stringify(state.view) !== lastView) {
        map.setView([state.view[0], state.view[1]], state.view[2], { animate: false });
        moved = true;
      } else if (!placed) goHome(false);
      if (!placed) fitted = sized();
      lastView = state.view && JSON.stringify(state.view);   /* asked for again after another, it is gone to again */
      placed = true;
      if (state.fit && state.fit !== lastFit && drawn[state.selected]) {
        var bounds = shaped(drawn[state.selected]).layer.getBounds();
        var small = map.getBoundsZoom(bounds) - map.getZoom() > 4, left = map.getSize().x > 620 ? 200 : 20;
        if (small || !map.getBounds().contains(bounds)) {
          map.fitBounds(bounds, { maxZoom: 13, paddingTopLeft: [left, 40], paddingBottomRight: [60, 60] });
        }
      }
      lastFit = state.fit; busy = false;
      if (window.geoPoints) window.geoPoints.apply(map, state.points, function (problem) {
        fail(word("map.error.layer"), problem);
      });
      loadTownships(); paint();
    }).catch(function (problem) {
      busy = false;
      fail(word("map.error.layer"), problem.message);
      if (window.console) console.warn("geoMap: " + problem.message);
    });
  }
  window.geoMap = { start: start, apply: apply, home: goHome, send: function () {},
                    early: function () { return Promise.reject(); },
                    theme: function (base) { if (base) setDark(base === "dark"); } };
})();
