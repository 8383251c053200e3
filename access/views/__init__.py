"""People's rights over REST, by resource. Views check shape and ask services; they decide nothing."""
