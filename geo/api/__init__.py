"""What other programs ask for over HTTP and MCP: data endpoints, OGC API – Features, tools. Knows no web framework."""
