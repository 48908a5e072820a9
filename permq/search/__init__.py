"""Searching for the arrangement: annealing, refinement and neighbourhoods, and their composition."""
