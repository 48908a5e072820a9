"""Searching for the arrangement: annealing, refinement, neighbourhoods, and their composition."""
