/* The report: starts the map on the data in this page, shows the card of what is clicked, readies the map for print.
 *
 * The cards are <template>s that the build wrote and escaped; here they are only cloned. */
(function () {
  "use strict";

  var HOVER_PAUSE_MS = 500;
  var state = JSON.parse(document.getElementById("geo-state").textContent);
  var box = document.getElementById("map_div"), panel = document.getElementById("panel");
  var hint = panel.firstElementChild;
  box.replaceChildren();
  var map = L.map(box, { center: [0, 0], zoom: 1, zoomControl: false, attributionControl: false, preferCanvas: true,
                         maxZoom: 18, minZoom: 7, zoomSnap: 0.5 });

  window.geoMap.send = clicked;
  window.geoMap.start(map);
  apply();
  if (state.selected) card("card-" + state.selected);

  /* A copy, as if it had been sent: the map takes it for its own. */
  function apply() { window.geoMap.apply(JSON.parse(JSON.stringify(state))); }
  function clicked(value) {
    if (value.institution) card("card-institution-" + value.institution);
    else select(value.place, false);
  }
  function select(placeId, move) {
    state.seq += 1;
    state.selected = placeId;
    if (placeId && state.visible.indexOf(placeId) < 0) state.visible.unshift(placeId);
    state.view = null;
    state.fit = move ? state.seq : 0;
    moved = moved || move;
    apply();
    if (placeId) card("card-" + placeId); else panel.replaceChildren(hint);
  }
  function card(id) {
    var template = document.getElementById(id), close = document.createElement("button"), missing;
    close.type = "button"; close.className = "rp-close"; close.textContent = "×";
    close.setAttribute("aria-label", panel.dataset.close);
    close.onclick = function () { select("", false); };
    if (template) panel.replaceChildren(close, template.content.cloneNode(true));
    else {
      missing = document.createElement("p");
      missing.textContent = panel.dataset.none;
      panel.replaceChildren(close, missing);
    }
    panel.scrollTop = 0;
  }

  /* What another script of the page may ask for: a place in focus, where the map stands. */
  window.geoReport = { select: select, look: function (view) {
    state.seq += 1;
    state.view = view;
    state.fit = 0;
    moved = true;
    apply();
  } };
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-place]");
    if (link) select(link.dataset.place, true);
  });

  /* A wheel that is scrolling the page goes on scrolling it when the map comes under the pointer. */
  var scrolled = 0;
  window.addEventListener("wheel", function (event) {
    var now = Date.now(), over = box.contains(event.target);
    if (over && now - scrolled > HOVER_PAUSE_MS) return;
    scrolled = now;
    if (over) event.stopPropagation();
  }, { capture: true, passive: true });

  /* In print the map has the size that report.css gives it there, its legend stands open below it, and it shows the whole
   * layout or, if the reader moved it, at least what was in view. */
  var before = null, moved = !!(state.view || state.fit), snap = map.options.zoomSnap, retina = L.Browser.retina;
  map.on("dragstart", function () { moved = true; });
  box.addEventListener("wheel", function () { moved = true; }, { passive: true });
  box.addEventListener("click", function (event) { if (event.target.closest(".leaflet-control-zoom")) moved = true; });
  window.addEventListener("beforeprint", function () {
    if (before) return;
    var legend = box.querySelector(".geo-legend"), bounds = map.getBounds();
    before = { centre: map.getCenter(), zoom: map.getZoom(), legend: legend, corner: legend.parentNode, open: legend.dataset.open,
               folded: legend.querySelectorAll("details:not([open])") };
    before.folded.forEach(function (part) { part.open = true; });
    legend.dataset.open = "no";
    box.after(legend);
    document.documentElement.classList.add("rp-printing");
    map.options.zoomSnap = 0;
    L.Browser.retina = true;
    map.invalidateSize({ animate: false, pan: false });
    if (moved) map.fitBounds(bounds, { animate: false });
    else {
      window.geoMap.home(false);
      map.setZoom(map.getZoom() - 0.15, { animate: false });   /* leaves room for the credit */
    }
    before.uncover = window.geoPaper.cover(box.querySelectorAll("canvas.leaflet-zoom-animated"));
  });
  window.addEventListener("afterprint", function () {
    if (!before) return;
    before.uncover();
    before.corner.appendChild(before.legend);
    before.folded.forEach(function (part) { part.open = false; });
    before.legend.dataset.open = before.open;
    document.documentElement.classList.remove("rp-printing");
    map.options.zoomSnap = snap;
    L.Browser.retina = retina;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.centre, before.zoom, { animate: false });
    before = null;
  });
})();
