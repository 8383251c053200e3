"""docs/install.md as a program: its fenced blocks are run, and only what it tells the reader to fill in is replaced."""
