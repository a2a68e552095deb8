"""What the server answers beside the pages: routes, assets, middleware, health."""
