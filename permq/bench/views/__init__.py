"""Views of runs: numbers first, then the same numbers as a picture and as an interactive page."""
