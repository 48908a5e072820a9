"""Jobs: what they do, how they are submitted, sent out, controlled and listed."""
