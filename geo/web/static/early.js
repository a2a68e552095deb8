/* Runs once Streamlit's own script has: asks for the layers of the map and reads them while the page waits for its server, so that
 * the frame of the map, which is made last, finds them read (geo/render/static/frame.js). Those that do not come it asks for
 * again, and says which they are. */
(function () {
  "use strict";
  var layers = window.geoLayers = {};
  document.querySelectorAll('link[rel=prefetch][href*="/map/data/"]').forEach(function (link) {
    var url = link.getAttribute("href");
    layers[url] = fetch(url).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
    layers[url].catch(function () {});
  });
})();
