"""Charts: what is drawn, in which words, and as a picture."""
