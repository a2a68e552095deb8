/* Runs before Streamlit's script: tells it where its server is, and whether the page is light or dark. */
(function () {
  "use strict";
  /* It would otherwise look for its server below the address of the page first, with two requests that fail, and ask it
   * who may steer the page before it connects. Nobody may: an origin that cannot be, for a list of none counts as not
   * told, and the server's own names hosts of Streamlit's cloud. */
  window.__streamlit = {
    BACKEND_BASE_URL: window.location.origin + document.currentScript.dataset.base + "/",
    HOST_CONFIG: { allowedOrigins: ["https://nobody.invalid"], useExternalAuthToken: false },
  };

  /* Streamlit's theme follows what the browser says of the system. The choice of a visitor, kept in the browser, answers
   * in its place; a choice that is the system's own is none, and is forgotten. On paper everything is light. */
  var KEY = "geo-scheme", ask = window.matchMedia.bind(window), system = ask("(prefers-color-scheme: dark)");
  var chosen = null, paper = false, answer = new EventTarget();
  function read() { try { chosen = window.localStorage.getItem(KEY); } catch (problem) { /* it lasts as long as the page */ } }
  function dark() { return !paper && (chosen ? chosen === "dark" : system.matches); }
  function tell() {
    document.documentElement.classList.toggle("geo-dark", dark());
    answer.dispatchEvent(new Event("change"));
  }
  Object.defineProperty(answer, "matches", { get: dark });
  answer.media = system.media;
  window.matchMedia = function (query) { return query === system.media ? answer : ask(query); };
  function keep() {
    try {
      if (chosen) window.localStorage.setItem(KEY, chosen); else window.localStorage.removeItem(KEY);
    } catch (problem) { /* as above */ }
  }
  function settle() {
    if (chosen && (chosen === "dark") === system.matches) { chosen = null; keep(); }
    tell();
  }
  window.geoScheme = function () { chosen = dark() ? "light" : "dark"; keep(); settle(); };
  system.addEventListener("change", settle);
  window.addEventListener("storage", function (event) { if (event.key === KEY) { chosen = event.newValue; settle(); } });
  window.addEventListener("beforeprint", function () { paper = true; tell(); });
  window.addEventListener("afterprint", function () { paper = false; tell(); });
  read();
  settle();
})();
