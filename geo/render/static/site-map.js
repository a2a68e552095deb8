/* The map on the first page of the static site: follows what the address asks for after its "#": place, at. */
(function () {
  "use strict";

  function follow() {
    var asked = new URLSearchParams(window.location.hash.slice(1));
    var at = (asked.get("at") || "").split(",").map(Number);
    if (asked.get("place")) window.geoReport.select(asked.get("place"), true);
    if (at.length === 3 && at.every(isFinite)) window.geoReport.look(at);
  }
  window.addEventListener("hashchange", follow);
  if (window.location.hash) follow();
})();
