"""What ends the demo early."""


class DemoError(Exception):
    """The demo can't go on; the text says why and what to look at."""
