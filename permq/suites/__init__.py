"""Suites: solvers × regimes × seeds, run as jobs.

`suite` reads what is to be run, `regimes` makes the networks once, `launching` submits; what came
of it is looked at in `permq.bench`.
"""
