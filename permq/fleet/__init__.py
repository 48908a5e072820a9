"""What crosses the broker: names, messages, routes, and the choice of a node for every job."""
