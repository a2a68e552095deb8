/* The search of the static site, without a server: the rule of geo/analysis/search.py over the names that search.js brings
 * when the box is first used. geoFind.search(text, limit), geoFind.near(text, limit): rows of names, the best first. */
(function () {
  "use strict";

  var MOST_SPELLED = 200, LIMIT = 12, NEAR = 5;
  var index = null, entries = [], waiting = [];

  function fold(text) {
    return Array.from(text).slice(0, 1000).join("").normalize("NFKC").toLowerCase()
      .replace(/\s/g, "").replace(/[‐‑‒–—―−]/g, "-");
  }
  function asked(text) { return fold(Array.from(text).slice(0, index.longest).join("")); }
  function unique(list) { return list.filter(function (one, at) { return list.indexOf(one) === at; }); }
  function chinese(c) { return c >= "\u4e00" && c <= "\u9fff"; }
  function spell(name) {
    var all = Array.from(name).slice(0, MOST_SPELLED).filter(function (c) { return chinese(c) || /[0-9A-Za-z]/.test(c); });
    if (!all.some(chinese)) return null;
    return all.map(function (c) { return chinese(c) ? index.readings[c].split(" ") : [c.toLowerCase()]; });
  }
  function entry(row) {
    var names = [row[2], row[3]].concat(row[4] || []).filter(Boolean);
    var words = row[3].split(/\s+/).filter(function (word) { return word.length > 1; }).map(fold);
    var one = { kind: index.kinds[row[0]], order: row[0], zoom: index.zooms[row[0]], id: row[1], zh: row[2],
                en: row[3] || row[2], lat: row[5], lon: row[6] };
    one.keys = unique(names.map(fold).concat([fold(row[1])], words));
    one.shortest = Math.min.apply(null, one.keys.map(function (key) { return key.length; }));
    one.spelled = function () { return one.made || (one.made = names.map(spell).filter(Boolean)); };
    return one;
  }

  /* Where successive characters spell the query, each by the beginning of a reading of it; -1 where nowhere. */
  function spelledAt(query, syllables) {
    var known = {};
    function matches(at, character) {
      if (at === query.length) return true;
      if (character === syllables.length) return false;
      var key = at + "," + character;
      if (key in known) return known[key];
      known[key] = syllables[character].some(function (reading) {
        for (var length = reading.length; length > 0; length -= 1) {
          if (query.startsWith(reading.slice(0, length), at) && matches(at + length, character + 1)) return true;
        }
        return false;
      });
      return known[key];
    }
    for (var start = 0; start < syllables.length; start += 1) if (matches(0, start)) return start;
    return -1;
  }
  function score(query, one) {
    var best = null;
    for (var i = 0; i < one.keys.length; i += 1) {
      if (one.keys[i] === query) return 0;
      if (one.keys[i].startsWith(query)) best = 1;
      else if (one.keys[i].indexOf(query) >= 0 && (best === null || best > 2)) best = 2;
    }
    if (best === null && /^[0-9a-z]+$/.test(query)) one.spelled().forEach(function (syllables) {
      var start = spelledAt(query, syllables);
      if (start >= 0) best = Math.min(best === null ? 9 : best, start === 0 ? 3 : 4);
    });
    return best;
  }
  function compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; }
  function search(text, limit) {
    var query = asked(text), found = [];
    if (!query) return [];
    entries.forEach(function (one) {
      var s = score(query, one);
      if (s !== null) found.push({ s: s, one: one });
    });
    found.sort(function (a, b) {
      return a.s - b.s || a.one.order - b.one.order || a.one.shortest - b.one.shortest || compare(a.one.id, b.one.id);
    });
    return found.slice(0, limit || LIMIT).map(function (hit) { return hit.one; });
  }

  /* How alike two texts are, from 0 to 1, as Python's difflib has it: the longest common run, then left and right of it. */
  function common(a, b) {
    var best = 0, ai = 0, bi = 0, run = [];
    for (var i = 0; i < a.length; i += 1) {
      var next = [];
      for (var j = 0; j < b.length; j += 1) if (a[i] === b[j]) {
        next[j] = (run[j - 1] || 0) + 1;
        if (next[j] > best) { best = next[j]; ai = i - best + 1; bi = j - best + 1; }
      }
      run = next;
    }
    if (!best) return 0;
    return best + common(a.slice(0, ai), b.slice(0, bi)) + common(a.slice(ai + best), b.slice(bi + best));
  }
  function near(text, limit) {
    var query = asked(text), pool = new Map(), found = [];
    if (query.length < (/^[\x00-\x7f]*$/.test(query) ? 5 : 3)) return [];
    entries.forEach(function (one) {
      var whole = one.spelled().map(function (syllables) {
        return syllables.map(function (readings) { return readings[0]; }).join("");
      });
      unique(one.keys.concat(whole)).forEach(function (key) {
        if (Math.abs(key.length - query.length) > 1) return;
        if (!pool.has(key)) pool.set(key, []);
        pool.get(key).push(one);
      });
    });
    pool.forEach(function (own, key) {
      var alike = 2 * common(key, query) / (key.length + query.length);
      if (alike >= 1 - 1 / query.length - 0.01) found.push({ alike: alike, key: key });
    });
    found.sort(function (a, b) { return b.alike - a.alike || compare(b.key, a.key); });
    var all = [];
    found.slice(0, limit || NEAR).forEach(function (one) { all = all.concat(pool.get(one.key)); });
    return unique(all).slice(0, limit || NEAR);
  }

  window.geoFind = {
    take: function (told) {
      index = told;
      entries = told.rows.map(entry);
      waiting.splice(0).forEach(function (call) { call(); });
    },
    ready: function (call) { if (index) call(); else waiting.push(call); },
    words: function (language) { return index && index.words[language]; },
    search: search,
    near: near,
  };
})();
