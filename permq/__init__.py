"""Puts dropped residual networks back together."""

__version__ = "0.1.0"
