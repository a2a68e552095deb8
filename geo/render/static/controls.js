/* The buttons of the map: zoom, home, and the link to what is seen.
 *
 * geoControls.make(word, home, link): Leaflet's controls, to be added to a map; `link` is null where there is none.
 * geoControls.copyLink(map, word, shown): puts the address of the page, with where the map stands, on the clipboard and
 * calls shown(message, address): copied, or to be copied by hand. */
(function () {
  "use strict";

  var NS = "http://www.w3.org/2000/svg";
  var HOME = "M3 11 L12 3 L21 11 M6 9 V20 H18 V9";
  var LINK = "M10 14 a4 4 0 0 0 6 0 l3-3 a4 4 0 0 0-6-6 l-1 1 M14 10 a4 4 0 0 0-6 0 l-3 3 a4 4 0 0 0 6 6 l1-1";

  function button(box, name, icon, pressed) {
    var node = document.createElement("button"), svg = document.createElementNS(NS, "svg");
    var path = document.createElementNS(NS, "path");
    node.type = "button"; node.title = name; node.setAttribute("aria-label", name); node.onclick = pressed;
    svg.setAttribute("viewBox", "0 0 24 24"); path.setAttribute("d", icon);
    svg.appendChild(path); node.appendChild(svg); box.appendChild(node);
  }
  function make(word, home, link) {
    var bar = L.control({ position: "topright" });
    bar.onAdd = function () {
      var box = document.createElement("div");
      box.className = "geo-panel leaflet-bar geo-bar";
      button(box, word("map.home"), HOME, home);
      if (link) button(box, word("map.copy_link"), LINK, link);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    var zoom = { position: "topright", zoomInTitle: word("map.zoom_in"), zoomOutTitle: word("map.zoom_out") };
    return [L.control.zoom(zoom), bar];
  }
  function copyLink(map, word, shown) {
    var url = new URL(window.parent.location.href), c = map.getCenter();
    url.searchParams.set("at", c.lat.toFixed(5) + "," + c.lng.toFixed(5) + "," + map.getZoom());
    function byHand() { shown(word("map.copy_by_hand"), url.href); }
    if (!navigator.clipboard) { byHand(); return; }
    navigator.clipboard.writeText(url.href).then(function () { shown(word("map.copied"), url.href); }, byHand);
  }

  window.geoControls = { make: make, copyLink: copyLink };
})();
