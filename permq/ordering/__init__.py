"""Where to start the order of the blocks: cheap guesses from the weights and the data.

`permq.ordering.registry` lists all of them; the quick way of solving imports one file only.
"""
