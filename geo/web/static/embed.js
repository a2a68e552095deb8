/* A page within a page of another site, ?embed=map|chart|table|place: what is not asked for is hidden (embed.css), the
 * site is told how high the content is, and links open beside it.
 *
 * The message to the site: {geo: "height", height: pixels}. It is the same for whoever listens: it says nothing of the
 * visitor. */
(function () {
  "use strict";
  var shown = new URLSearchParams(window.location.search).get("embed");
  if (["map", "chart", "table", "place"].indexOf(shown) < 0) return;
  document.documentElement.classList.add("geo-embed", "geo-embed-" + shown);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    window.open(link.href, "_blank", "noopener");
  }, true);
  if (window.parent === window || shown === "map") return; // the map is as high as its frame
  var told = 0;
  function tell() {
    var content = document.querySelector(".stMainBlockContainer");
    var height = content ? Math.ceil(content.getBoundingClientRect().height) : 0;
    if (!height || Math.abs(height - told) < 2) return;
    told = height;
    window.parent.postMessage({ geo: "height", height: height }, "*");
  }
  new MutationObserver(tell).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("resize", tell);
  setInterval(tell, 500);
})();
