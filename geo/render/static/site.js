/* Every page of the static site: takes the data of the map, which come as a script (from a folder no page may read a file
 * in any other way), and shows the search. */
(function () {
  "use strict";

  window.geoMapData = function (files) {
    Object.keys(files).forEach(function (name) {
      var block = document.createElement("script");
      block.type = "application/json"; block.id = "geo-" + name; block.textContent = JSON.stringify(files[name]);
      document.head.appendChild(block);
    });
  };
})();
