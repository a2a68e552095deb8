/* Runs in the page around the map: when the map does not come, asks for what it needs and names what is missing. */
(function () {
  "use strict";
  var WAIT_MS = 5000;
  function drawn() {
    return Array.from(document.querySelectorAll(".st-key-mapbox iframe")).some(function (frame) {
      var api;
      try { api = frame.contentWindow.__geoMap; } catch (problem) { return false; }
      return api && (api.painted || api.error);
    });
  }
  function ask(url) {
    return fetch(url).then(function (answer) { return answer.ok ? "" : url + " (HTTP " + answer.status + ")"; },
                           function (problem) { return url + " (" + problem.message + ")"; });
  }
  function watch(box) {
    box.dataset.watched = "yes";
    setTimeout(function () {
      if (drawn() || !box.isConnected) return;
      Promise.all(box.dataset.needs.split(" ").map(ask)).then(function (found) {
        found = found.filter(Boolean);
        if (drawn()) return;
        box.querySelector(".geo-why").textContent = found.length ? box.dataset.missing + " " + found.join(", ") : box.dataset.stalled;
        box.dataset.failed = found.length ? "missing" : "stalled";
      });
    }, WAIT_MS);
  }
  setInterval(function () {
    var box = document.querySelector(".st-key-mapbox .geo-waiting:not([data-watched])");
    if (box) watch(box);
  }, 500);
})();
