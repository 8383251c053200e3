"""The main job, shown once from end to end on the simulated organisation: `make demo`."""
