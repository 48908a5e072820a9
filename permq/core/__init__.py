"""Numbers from arrays: puzzles, arrangements, the network and its cost."""
