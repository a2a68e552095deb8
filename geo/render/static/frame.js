/* The map as a part of a Streamlit page: takes the state that a run sends, and gives back what is clicked.
 *
 * geoFrame.start(map) is called once, by the document that folium makes (geo/render/map/leaflet.py), geoFrame.paper(on) by
 * the page around when it begins and ends to print. */
(function () {
  "use strict";

  var told = null, waiting = null, started = false, before = null, uncover = function () {};

  function tell(type, more) {
    var message = Object.assign({ isStreamlitMessage: true, type: "streamlit:" + type }, more);
    window.parent.postMessage(message, window.location.origin);
  }
  function apply() {
    if (!started || !waiting || waiting.state.seq === told) return;
    told = waiting.state.seq;
    window.geoMap.theme(waiting.theme);
    window.geoMap.apply(waiting.state);
  }
  window.addEventListener("message", function (event) {
    if (event.source !== window.parent || !event.data || event.data.type !== "streamlit:render") return;
    waiting = { state: event.data.args.state, theme: (event.data.theme || {}).base };
    if (started) window.geoMap.theme(waiting.theme);
    apply();
  });
  tell("componentReady", { apiVersion: 1 });
  /* The page around has asked for the layers while it waited for its server (geo/web/static/early.js). */
  window.geoMap.early = function (url) {
    return (window.parent.geoLayers || {})[url] || Promise.reject();
  };

  window.geoFrame = {
    start: function (map) {
      window.map = map;
      window.geoMap.send = function (value) { tell("setComponentValue", { value: value, dataType: "json" }); };
      window.geoMap.start(map);
      started = true;
      apply();
    },
    /* On paper a map is light and has nothing to press. */
    paper: function (on) {
      var page = document.documentElement;
      if (!started || on === page.classList.contains("geo-onpaper")) return;
      page.classList.toggle("geo-onpaper", on);
      uncover();
      uncover = function () {};
      if (on) before = (window.__geoMap || {}).theme;
      if (before !== "dark") return;
      window.geoMap.theme(on ? "light" : "dark");
      if (!on) return;
      window.map.eachLayer(function (one) { if (one instanceof L.Canvas) one.fire("update"); });
      window.geoPoints.redraw();
      uncover = window.geoPaper.cover(window.map.getContainer().querySelectorAll("canvas"));
    },
  };
})();
