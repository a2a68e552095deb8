"""Everything the server answers besides the pages: routes, assets, middleware, health."""
