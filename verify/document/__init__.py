"""Documents as they are published (Markdown, LaTeX, notebooks): data, of which nothing is run and nothing followed."""
