"""The web app: its pages, the state in the URL and the server. No data logic: answers come from `geo.analysis`."""
