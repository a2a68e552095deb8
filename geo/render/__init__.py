"""Everything a person looks at: interactive map, figures, charts, report (HTML and Word), atlas, static site."""
