/* Runs in every page: the search box, and showing the policy item that a link asks for.
 *
 * Every word reaches the page through textContent; a hit is an ordinary link of class geo-nav, followed by page.js. */
(function () {
  "use strict";
  var WAIT_MS = 120, typing = null, turn = 0;

  function parts(node) {
    var box = node.closest && node.closest(".geo-find");
    return box && { box: box, field: box.querySelector("input"), list: box.querySelector("ul"), said: box.querySelector(".geo-find-said") };
  }
  function el(tag, className, text, parent) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function close(p) {
    p.list.hidden = true;
    delete p.box.dataset.shown;
    p.list.replaceChildren();
    p.field.setAttribute("aria-expanded", "false");
    p.field.removeAttribute("aria-activedescendant");
    p.said.textContent = "";
  }
  function address(p, hit) {
    var now = new URLSearchParams(window.location.search), query = new URLSearchParams();
    p.box.dataset.keep.split(" ").forEach(function (name) {
      now.getAll(name).forEach(function (value) { query.append(name, value); });
    });
    query.set("lang", p.box.dataset.lang);
    Object.keys(hit.set).forEach(function (name) { query.set(name, hit.set[name]); });
    return "./" + hit.page + "?" + query.toString().replace(/%2C/g, ",");
  }
  function show(p, answer, query) {
    close(p);
    p.box.dataset.shown = query;
    p.said.textContent = answer.said;
    answer.hits.forEach(function (hit, index) {
      var item = el("li", "", null, p.list), link = el("a", "geo-nav", null, item);
      item.setAttribute("role", "none");
      link.id = "geo-find-" + index; link.setAttribute("role", "option"); link.setAttribute("aria-selected", "false");
      link.href = address(p, hit); link.tabIndex = -1;
      el("b", "", hit.name, link);
      if (hit.other) el("span", "geo-find-other", hit.other, link);
      el("span", "geo-find-kind", hit.word, link);
    });
    if (answer.hits.length) { p.list.hidden = false; p.field.setAttribute("aria-expanded", "true"); move(p, 1); }
  }
  function ask(p) {
    var mine = ++turn, query = p.field.value.trim();
    if (!query) { close(p); return Promise.resolve(); }
    return fetch("./search?lang=" + p.box.dataset.lang + "&q=" + encodeURIComponent(query)).then(function (got) {
      if (!got.ok) throw new Error(String(got.status));
      return got.json();
    }).then(function (answer) { if (mine === turn) show(p, answer, query); },
            function () { if (mine === turn) { close(p); p.said.textContent = p.box.dataset.failed; } });
  }
  function active(p) { return p.list.querySelector("[aria-selected=true]"); }
  function move(p, step) {
    var items = Array.from(p.list.querySelectorAll("a")), old = active(p);
    if (!items.length) return;
    var next = items[(items.indexOf(old) + step + items.length) % items.length] || items[0];
    if (old) old.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    p.field.setAttribute("aria-activedescendant", next.id);
  }
  function go(p, link) { if (link) link.click(); }
  document.addEventListener("input", function (event) {
    var p = parts(event.target);
    if (!p) return;
    clearTimeout(typing);
    typing = setTimeout(ask, WAIT_MS, p);
  });
  document.addEventListener("keydown", function (event) {
    var p = parts(event.target);
    if (!p || event.isComposing) return;      /* Enter that ends a word of an input method is not ours */
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { move(p, event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
    else if (event.key === "Escape") close(p);
    else if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(typing);
      if (p.box.dataset.shown === p.field.value.trim()) go(p, active(p));
      else ask(p).then(function () { go(p, active(p)); });    /* typed faster than the answer came */
    }
  });
  document.addEventListener("click", function (event) {
    var box = event.target.closest && event.target.closest(".geo-find");
    document.querySelectorAll(".geo-find").forEach(function (one) {
      if (one === box && !event.target.closest("a")) return;
      var p = parts(one);
      close(p);
      if (one === box) { p.field.value = ""; p.field.blur(); }
    });
  });

  /* A mark says which item to show: open what holds it, bring it into sight, point it out. */
  var shown = null;
  function reveal() {
    var mark = document.querySelector(".geo-goto"), wanted = mark && mark.dataset.target, item = wanted && document.getElementById(wanted);
    if (!mark) { shown = null; return; }
    if (!item || (shown === wanted && item.classList.contains("is-focus"))) return;
    document.querySelectorAll(".geo-item.is-focus").forEach(function (one) { one.classList.remove("is-focus"); });
    for (var node = item; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    var later = item.querySelector(":scope > .geo-item-body > .geo-outcomes");
    if (later) later.open = true;
    item.classList.add("is-focus");
    if (shown !== wanted) scrollTo(item);
    shown = wanted;
  }
  /* Beside the map the tree scrolls by itself and the page stays; on a phone it is part of the page. */
  function scrollTo(item) {
    var pane = item.closest(".st-key-policytree"), room = 40;
    if (!pane || pane.scrollHeight <= pane.clientHeight + 2) { item.scrollIntoView({ block: "start" }); return; }
    var top = item.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    if (top < 0 || top > pane.clientHeight - 140) pane.scrollTop += top - room;
  }
  setInterval(reveal, 300);

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button[data-fold]");
    if (!button) return;
    if (button.dataset.fold === "print") { window.print(); return; }
    document.querySelectorAll(".geo-tree details").forEach(function (one) { one.open = button.dataset.fold === "open"; });
  });
})();
