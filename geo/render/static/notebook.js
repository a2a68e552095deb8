/* The map of a view in a notebook: drawn once on the data in this document; a click says what is there (map.js). */
(function () {
  "use strict";

  var state = JSON.parse(document.getElementById("geo-state").textContent);
  var box = document.getElementById("map_div");
  box.replaceChildren();
  var map = L.map(box, { center: [0, 0], zoom: 1, zoomControl: false, attributionControl: false, preferCanvas: true,
                         maxZoom: 18, minZoom: 7, zoomSnap: 0.5, scrollWheelZoom: false });

  window.geoMap.send = function (value) {
    state.seq += 1;
    state.selected = value.place || "";
    state.view = null;
    state.fit = 0;
    window.geoMap.apply(JSON.parse(JSON.stringify(state)));
  };
  window.geoMap.start(map);
  window.geoMap.apply(JSON.parse(JSON.stringify(state)));
})();
