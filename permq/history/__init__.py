"""How a search, and a training, learn: measures at moments, on rows that stay the same.

`probe` chooses the rows, `snapshot` turns rows of the pool into numbers, `taking` reads and writes
them; `representation` compares hidden states, `training` what was recorded while a network was
trained.
"""
