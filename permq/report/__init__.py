"""Reports: what runs of a suite, or searches of a puzzle, came to, and what they took.

`material` gathers rows, `comparison`, `predictions` and `compute` make numbers of them, `writing`
makes the files.
"""
