/* Runs in every page: links inside the app keep the session, buttons copy text or the page's address.
 *
 * A link of class geo-nav is an ordinary link; a plain click on it only changes the address and tells Streamlit so, as
 * the back button does. Opened in a new tab, copied or without this script it works as any link. */
(function () {
  "use strict";
  function plain(event) { return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey; }
  function follow(event, link) {
    var url = new URL(link.href);
    if (!plain(event) || event.defaultPrevented || url.origin !== window.location.origin) return;
    event.preventDefault();
    if (url.href !== window.location.href) window.history.pushState({}, "", url.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    window.scrollTo(0, 0);
    var main = document.querySelector(".stMain");
    if (main) main.scrollTop = 0;
  }
  function copy(button) {
    var words = button.hasAttribute("data-copy") ? button.getAttribute("data-copy") : window.location.href;
    var said = button.parentNode.querySelector(".geo-copied");
    function tell(message) { if (said) said.textContent = message; }
    function byHand() {
      var field = document.createElement("textarea");
      field.value = words; field.readOnly = true; field.className = "geo-byhand";
      field.setAttribute("aria-label", button.textContent);
      if (said) { said.replaceChildren(button.dataset.byhand + " ", field); field.select(); }
    }
    if (!navigator.clipboard) { byHand(); return; }
    navigator.clipboard.writeText(words).then(function () { tell(button.dataset.done); }, byHand);
  }
  /* The filters come after the map: keep their room until they are there, or the map would be pushed aside. */
  var page = document.documentElement;
  if (/\/(export)?$/.test(window.location.pathname)) {
    page.classList.add("geo-filters");
    var waiting = setInterval(function () {
      if (!document.querySelector("[data-testid=stSidebar], .geo-footer, [data-testid=stAlert]")) return;
      clearInterval(waiting);
      page.classList.remove("geo-filters");
    }, 100);
  }
  /* On paper the map is the picture that stands on the screen, light, made as wide as the page: it would else be cut off. */
  var PAPER = 690;
  function maps() { return document.querySelectorAll(".st-key-mapbox iframe"); }
  function onPaper(frame, on) {
    var there = frame.contentWindow && frame.contentWindow.geoFrame;
    if (there) there.paper(on);
  }
  window.addEventListener("beforeprint", function () {
    maps().forEach(function (frame) {
      var wide = frame.offsetWidth, high = frame.offsetHeight, scale = Math.min(1, PAPER / wide);
      onPaper(frame, true);
      frame.dataset.style = frame.getAttribute("style") || "";
      frame.style.cssText += ";width:" + wide + "px !important;height:" + high + "px !important";
      frame.style.transform = "scale(" + scale + ")";
      frame.style.transformOrigin = "0 0";
      frame.closest(".st-key-mapbox").style.height = Math.ceil(high * scale) + "px";
    });
  });
  window.addEventListener("afterprint", function () {
    maps().forEach(function (frame) {
      onPaper(frame, false);
      frame.setAttribute("style", frame.dataset.style || "");
      frame.closest(".st-key-mapbox").style.height = "";
    });
  });
  function skip(tries) {
    var tables = document.querySelectorAll("[data-testid=data-grid-canvas], .stMain table.geo-table");
    /* The one for paper has no box on a screen; the grid's code may still be on its way. */
    var table = Array.prototype.find.call(tables, function (one) { return one.getClientRects().length; });
    if (!table) { if (tries) setTimeout(skip, 100, tries - 1); return; }
    if (table.tabIndex < 0) table.tabIndex = -1;
    table.scrollIntoView({ block: "nearest" });
    table.focus();
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("a.geo-skip")) { event.preventDefault(); skip(100); return; }
    var link = event.target.closest && event.target.closest("a.geo-nav[href]");
    if (link) { follow(event, link); return; }
    if (event.target.closest && event.target.closest("button.geo-scheme")) { window.geoScheme(); return; }
    var button = event.target.closest && event.target.closest("button.geo-copy");
    if (button) copy(button);
  });
})();
