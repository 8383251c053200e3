"""What the database's state forbids, whoever asks."""


class ConflictError(Exception):
    """It is not in the state that this needs; `code` is stable, for machines."""

    def __init__(self, message: str, code: str = "conflict") -> None:
        super().__init__(message)
        self.code = code
