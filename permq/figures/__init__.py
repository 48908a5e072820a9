"""Pictures of a puzzle, its pool and its fleet: first the numbers that are shown, then the drawing.

Every figure is a file of its own with a pure function from arrays to numbers, the `Figure` that
gathers the arrays, and the drawing. Matplotlib is loaded only to draw.
"""
