"""Benchmarks looked at: runs of solvers on puzzles of known answers, judged and compared.

`collecting` judges what has ended, `table` holds any set of runs, and `views` draw it; they are
submitted by `permq.suites`.
"""
