"""Download public puzzles: resumable, checked, and never half unpacked."""
