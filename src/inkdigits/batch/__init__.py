"""Many pictures: found in folders, read in parallel processes, and written down as they come."""
