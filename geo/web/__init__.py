"""The web app: pages, state in the URL, server. It has no data logic: answers come from `geo.analysis`."""
