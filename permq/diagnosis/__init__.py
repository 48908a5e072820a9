"""What an arrangement, or a pool of them, says about where the search is wrong or unsure."""
