"""A secret on its way through the code: nothing that prints, logs or traces it shows it."""

from typing import Any, NoReturn

HIDDEN = "…"


class Secret:
    """Holds a text that only `reveal()` gives away; it can't be pickled, so it reaches no queue and no cache."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: only where it is sent, encrypted or shown to its reader."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored and not sent on")

    def __getstate__(self) -> Any:
        raise TypeError("a secret is not stored and not sent on")
