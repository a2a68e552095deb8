/* What a map has drawn to canvases, for a print. What is drawn to a canvas as a print begins Chromium prints as vectors, and
 * there an emptied canvas is a white sheet over the one below; what is drawn later it prints not at all. A copy it prints.
 *
 * geoPaper.cover(canvases): puts a copy in the place of each, and returns what undoes that. */
(function () {
  "use strict";

  function cover(canvases) {
    var covered = Array.from(canvases, function (canvas) {
      var copy = canvas.cloneNode();
      copy.getContext("2d").drawImage(canvas, 0, 0);
      canvas.hidden = true;
      canvas.after(copy);
      return { canvas: canvas, copy: copy };
    });
    return function () {
      covered.forEach(function (one) { one.canvas.hidden = false; one.copy.remove(); });
    };
  }

  window.geoPaper = { cover: cover };
})();
