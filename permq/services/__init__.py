"""The servers of one machine: Postgres, Redis, workers and Flower under one supervisor."""
