"""What Prometheus reads: the fleet's state, counted from Postgres when it is asked for."""

PORT = 9808
