"""Benchmarks: suites of solvers and puzzles of known answers, run as jobs, judged, and compared.

`suite` reads what is to be run, `regimes` makes the networks once, `launching` submits,
`collecting` judges what has ended; `table` holds any set of runs, and `views` draw it.
"""
