/* Every page of the static site: takes the data of the map, which come as a script (from a folder no page may read a file
 * in any other way), and puts the box of the search into the head of the page. */
(function () {
  "use strict";

  window.geoMapData = function (files) {
    Object.keys(files).forEach(function (name) {
      var block = document.createElement("script");
      block.type = "application/json"; block.id = "geo-" + name; block.textContent = JSON.stringify(files[name]);
      document.head.appendChild(block);
    });
  };

  window.geoCards = function (html) {
    var holder = document.createElement("div");
    holder.innerHTML = html;      /* templates that the build wrote and escaped */
    document.body.appendChild(holder);
  };

  var FOLDERS = { place: "places/", district: "places/", measure: "measures/", policy: "policy/" };
  var assets = document.currentScript.src.replace(/[^/]*$/, ""), holder = document.getElementById("st-search");
  var language = document.documentElement.lang.slice(0, 2), other = language === "zh" ? "en" : "zh";
  var root = assets + "../" + language + "/", input = document.createElement("input"), asked = false, chosen = -1;
  var list = document.createElement("ul"), said = document.createElement("div");

  function address(one) {
    if (FOLDERS[one.kind]) return root + FOLDERS[one.kind] + encodeURIComponent(one.id) + ".html";
    if (one.kind === "cluster") return root + "places.html#c-" + encodeURIComponent(one.id);
    if (one.kind === "institution") return root + "firms.html#n-" + encodeURIComponent(one.id);
    if (one.kind === "service") return root + "firms.html#" + encodeURIComponent("v-" + one.id.trim().split(/\s+/).join("_"));
    return root + "index.html#at=" + [one.lat.toFixed(5), one.lon.toFixed(5), one.zoom].join();
  }
  function load() {
    if (asked) return;
    asked = true;
    ["site-find.js", "search.js"].forEach(function (name) {
      var script = document.createElement("script");
      script.src = assets + name; script.async = false;
      if (name === "site-find.js") script.onload = function () { window.geoFind.ready(show); };
      document.head.appendChild(script);
    });
  }
  function close() {
    choose(-1);
    list.replaceChildren();
    list.hidden = true;
    said.textContent = "";
    input.setAttribute("aria-expanded", "false");
  }
  function show() {
    var text = input.value.trim(), words, hits, guess = false;
    close();
    if (!text || !window.geoFind) return;
    words = window.geoFind.words(language);
    if (!words) return;      /* the names are still on their way */
    hits = window.geoFind.search(text);
    if (!hits.length) { hits = window.geoFind.near(text); guess = hits.length > 0; }
    said.textContent = guess ? words.near : hits.length ? words.count.replace("{count}", hits.length) : words.none;
    if (!hits.length || guess) {
      list.appendChild(document.createElement("li")).textContent = said.textContent;
      list.lastChild.setAttribute("role", "none");
    }
    hits.forEach(function (one) { list.appendChild(line(one, words, guess)); });
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }
  function line(one, words, guess) {
    var item = document.createElement("li"), link = document.createElement("a"), about = document.createElement("span");
    var kind = words["kind." + one.kind];
    if (one.kind === "institution" && one.lon === undefined) kind += " · " + words.unplaced;
    if (guess) kind = words.maybe.replace("{word}", kind);
    item.setAttribute("role", "none");
    link.setAttribute("role", "option"); link.id = "st-hit-" + list.children.length;
    link.href = address(one); link.textContent = one[language] || one[other]; link.tabIndex = -1;
    about.textContent = one[other] !== one[language] && one.kind !== "policy" ? kind + " · " + one[other] : kind;
    link.appendChild(about);
    item.appendChild(link);
    return item;
  }
  function choose(number) {
    var all = list.querySelectorAll("[role=option]");
    chosen = all.length ? Math.max(-1, Math.min(number, all.length - 1)) : -1;
    all.forEach(function (item, at) { item.setAttribute("aria-selected", String(at === chosen)); });
    if (chosen >= 0) {
      input.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  if (!holder) return;
  input.type = "search"; input.placeholder = holder.dataset.hint; input.autocomplete = "off";
  input.setAttribute("role", "combobox"); input.setAttribute("aria-label", holder.dataset.label);
  input.setAttribute("aria-controls", "st-hits"); input.setAttribute("aria-expanded", "false");
  list.id = "st-hits"; list.hidden = true;
  list.setAttribute("role", "listbox"); list.setAttribute("aria-label", holder.dataset.label);
  said.id = "st-said"; said.setAttribute("role", "status");
  holder.append(input, said, list);
  input.addEventListener("focus", load);
  input.addEventListener("input", function () { load(); show(); });
  input.addEventListener("keydown", function (event) {
    if (event.isComposing) return;      /* Enter that ends a word of an input method is not ours */
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key], all = list.querySelectorAll("a");
    if (step) { event.preventDefault(); choose(chosen + step); }
    if (event.key === "Enter" && all.length) window.location.href = all[Math.max(chosen, 0)].href;
    if (event.key === "Escape") { input.value = ""; show(); }
  });
  /* A hit on this page leads no further than behind the "#". */
  window.addEventListener("hashchange", close);
  document.addEventListener("click", function (event) {
    if (!holder.contains(event.target) || event.target.closest("#st-hits a")) close();
    else if (list.hidden) show();
  });
})();
