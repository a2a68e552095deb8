/* Runs in every page: says Streamlit's own English words in the language of the page, which Streamlit itself cannot.
 *
 * The words come with the search box (`geo.web.server.search_route.box`): exact ones, and patterns such as "Remove {name}". Only text
 * and labels outside our own HTML are looked at, so no name of a place and no cell of a table is ever taken for a word. */
(function () {
  "use strict";
  var LABELS = ["aria-label", "title", "placeholder"], LONGEST = 200;
  var OURS = ".stHtml, iframe, canvas, pre, code, [data-testid=stFileUploaderFileName]";
  var given = null, map = "", exact = new Map(), inOptions = new Map(), patterns = [], said = new WeakMap();

  function pattern(words, to) {
    var names = [];
    var source = words.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, function (_, name) { names.push(name); return "(.+)"; });
    return { key: words, test: new RegExp("^" + source + "$"), names: names, to: to };
  }
  function learn(map, words) {
    Object.keys(words).forEach(function (key) {
      map.set(key, words[key]);
      if (key.indexOf("{") >= 0) patterns.push(pattern(key, words[key]));
    });
  }
  function translated(words, option) {
    var found = inOptions.get(words) || (option ? undefined : exact.get(words));
    if (found || !patterns.length || !/^[A-Z0-9]/.test(words)) return found;
    for (var i = 0; i < patterns.length; i += 1) {
      var match = patterns[i].test.exec(words);
      if (match && (!option || inOptions.has(patterns[i].key)))
        return patterns[i].to.replace(/\{(\w+)\}/g, function (_, name) { return match[1 + patterns[i].names.indexOf(name)]; });
    }
    return undefined;
  }
  /* Each text is kept as Streamlit wrote it, for the day the page changes its language. */
  function say(node, name, value, write, option) {
    var kept = said.get(node) || {}, before = kept[name];
    var original = before && before.now === value ? before.was : value;
    if (!original || original.length > LONGEST) return;
    var now = translated(original.trim(), option) || original;
    if (now === value) return;
    kept[name] = { was: original, now: now };
    said.set(node, kept);
    write(now);
  }
  function text(node) {
    var parent = node.parentElement;
    if (!parent || parent.closest(OURS)) return;
    say(node, "text", node.nodeValue, function (now) { node.nodeValue = now; }, parent.closest("[role=option]") !== null);
  }
  function labels(node) {
    if (node.tagName === "IFRAME") { named(node); return; }
    LABELS.forEach(function (name) {
      var value = node.getAttribute(name);
      if (value && !node.closest(OURS)) say(node, name, value, function (now) { node.setAttribute(name, now); }, false);
    });
  }
  /* Streamlit names the frame of the map by the program's module; people hear what it is. */
  function named(frame) {
    if (frame.title !== map && frame.closest(".st-key-mapbox")) frame.title = map;
  }
  function walk(root) {
    if (root.nodeType === Node.TEXT_NODE) { text(root); return; }
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    labels(root);
    if (root.closest(OURS)) return;
    var nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, function (node) {
      var skip = node.nodeType === Node.ELEMENT_NODE && node.matches(OURS) && node.tagName !== "IFRAME";
      return skip ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
    });
    while (nodes.nextNode()) {
      if (nodes.currentNode.nodeType === Node.TEXT_NODE) text(nodes.currentNode); else labels(nodes.currentNode);
    }
  }
  /* Return whether the page has words; takes them over when they are new. */
  function ready() {
    var box = document.getElementsByClassName("geo-find")[0];
    if (!box || box.dataset.words === given) return given !== null;
    given = box.dataset.words;
    exact.clear(); inOptions.clear(); patterns = [];
    var words = JSON.parse(given), page = document.documentElement;
    learn(exact, words.words);
    learn(inOptions, words.options);
    page.lang = words.lang;
    map = words.map;
    page.style.setProperty("--geo-menu", JSON.stringify(words.menu));
    page.style.setProperty("--geo-menu-filters", JSON.stringify(words.filters));
    walk(document.body);
    return true;
  }
  new MutationObserver(function (records) {
    if (!ready()) return;
    records.forEach(function (record) {
      if (record.type === "childList") record.addedNodes.forEach(walk);
      else if (record.type === "attributes") labels(record.target);
      else text(record.target);
    });
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: LABELS });
})();
