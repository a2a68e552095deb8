/* Runs in the page around the map: after a while, asks for what the map needs and names what does not come. */
(function () {
  "use strict";
  var box = document.querySelector(".st-key-mapbox .geo-waiting"), words = WORDS;
  if (!box || box.dataset.watched) return;
  box.dataset.watched = "yes";
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
  setTimeout(function () {
    if (drawn()) return;
    Promise.all(words.urls.map(ask)).then(function (found) {
      var said = document.createElement("p");
      found = found.filter(Boolean);
      if (drawn()) return;
      said.textContent = found.length ? words.failed + " " + found.join(", ") : words.stalled;
      box.appendChild(said);
      box.dataset.failed = found.length ? "missing" : "stalled";
    });
  }, 5000);
})();
