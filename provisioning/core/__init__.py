"""What is decided, without doing: pure Python over the standard library alone."""
