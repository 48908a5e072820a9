"""Adjoint screening: rank many moves for the price of a few passes, evaluate the promising."""
