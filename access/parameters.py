"""Query parameters: a misspelt one is refused, because ignoring it would show more than was asked for."""

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class ParameterError(ValidationError):
    """A query parameter is wrong; the answer names it as a parameter, not as a place in the body."""


def wrong_parameters(request: Request, known: frozenset[str]) -> dict[str, list[str]]:
    """The parameters that are unknown, empty, or stand twice, each with what to do."""
    hint = f"known are {', '.join(sorted(known))}" if known else "this address takes none"
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[name] = [f"Unknown parameter; {hint}."]
        elif len(values) > 1:
            errors[name] = ["Give it once."]
        elif not values[0].strip():
            errors[name] = ["Give a value, or leave the parameter out."]
    return errors


def refuse_parameters(request: Request) -> None:
    """Raise ParameterError for every parameter that the view's `parameters` does not list for this action."""
    view = (request.parser_context or {}).get("view")
    known = getattr(view, "parameters", {}).get(getattr(view, "action", None), frozenset())
    if errors := wrong_parameters(request, known):
        raise ParameterError(errors)
