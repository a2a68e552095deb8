"""Interfaces for other programs, HTTP and MCP: data endpoints, OGC API – Features, tools. Knows no web framework."""
