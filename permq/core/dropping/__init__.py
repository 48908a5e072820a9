"""Dropping: train a residual network on a synthetic task, shuffle its layers, write the puzzle.

`recipe` holds every setting, `data` makes the task, `training` the network, `writing` the folder.
torch is imported by `training` and `writing` only, so a recipe can be had without it.
"""
