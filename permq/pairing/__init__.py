"""Which output layer belongs to which input layer: scores, assignment, and how sure they are."""
