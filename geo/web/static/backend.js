/* Runs before Streamlit's script: tells it where its server is, which it would otherwise look for below the address of
 * the page first, with two requests that fail. */
(function () {
  "use strict";
  var base = document.currentScript.dataset.base;
  window.__streamlit = { BACKEND_BASE_URL: window.location.origin + base + "/" };
})();
