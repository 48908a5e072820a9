"""The pool: puzzles, jobs, nodes and every solution found, in Postgres."""
