"""Everything a person sees: the interactive map, the figure, the report as HTML and as Word, the view in a notebook."""
