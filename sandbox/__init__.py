"""A simulated AWS organisation over HTTP, for the demo and the tests only."""
