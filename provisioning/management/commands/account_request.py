"""`manage.py account_request`: ask for an account, see how requests stand, and help one on."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from rest_framework.exceptions import ValidationError

from access.pointers import pointers
from access.roles import COMMAND_LINE
from accounts.account_request import AccountRequest
from history.context import bound
from provisioning.core.errors import FirstlineError
from provisioning.serializers.account_requests import (
    CorrectionSerializer,
    NewAccountRequestSerializer,
    RequestDecisionSerializer,
    ResolveSerializer,
)
from provisioning.services.vending.decide_request import approve_request, cancel_request, reject_request
from provisioning.services.vending.request_account import WantedAccount, request_account
from provisioning.services.vending.retry_request import resolve_request, retry_request

FIELDS = ("name", "email", "environment", "ou_path", "owner_team", "billing_access")
DECISIONS = {"approve": approve_request, "reject": reject_request, "cancel": cancel_request}


class Command(BaseCommand):
    help = "Ask for AWS accounts, list the requests, decide, retry and resolve them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every request that has not ended")
        _add_fields(verbs.add_parser("ask", help="ask for an account"))
        for verb in DECISIONS:
            decide = verbs.add_parser(verb, help=f"{verb} a request")
            decide.add_argument("id", type=UUID)
            decide.add_argument("--comment", default="")
        retry = verbs.add_parser("retry", help="go on with one that failed, with what is corrected")
        retry.add_argument("id", type=UUID)
        _add_fields(retry)
        resolve = verbs.add_parser("resolve", help="say what came of one that is in doubt")
        resolve.add_argument("id", type=UUID)
        resolve.add_argument("--account-id", default=None, help="12 digits; left out: no account was made")
        resolve.add_argument("--comment", required=True)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        with bound(request_id="", cause="request"):
            try:
                rows = _do(verb, options)
            except FirstlineError as error:
                raise CommandError(error.message) from None
            except ValidationError as error:
                raise CommandError(
                    "; ".join(f"{o['pointer']}: {o['detail']}" for o in pointers(error.detail))
                ) from None
        for row in rows:
            self.stdout.write(_line(row))


def _add_fields(parser: ArgumentParser) -> None:
    for name in FIELDS:
        parser.add_argument(f"--{name.replace('_', '-')}", default=None)
    parser.add_argument("--tag", action="append", default=[], metavar="KEY=VALUE")


def _do(verb: str, options: dict[str, Any]) -> list[AccountRequest]:
    if verb == "list":
        return list(AccountRequest.objects.exclude(state__in=AccountRequest.ENDED).order_by("created_at"))
    if verb == "ask":
        wanted = _checked(NewAccountRequestSerializer(data=_fields(options)))
        return [request_account(wanted=WantedAccount(**wanted), actor=COMMAND_LINE)]
    if verb == "retry":
        given = _checked(CorrectionSerializer(data=_fields(options), partial=True))
        return [retry_request(request_id=options["id"], actor=COMMAND_LINE, corrections=given)]
    if verb == "resolve":
        given = _checked(ResolveSerializer(data={"account_id": options["account_id"], "comment": options["comment"]}))
        given["account_id"] = given["account_id"] or ""
        return [resolve_request(request_id=options["id"], actor=COMMAND_LINE, **given)]
    given = _checked(RequestDecisionSerializer(data={"comment": options["comment"]}))
    return [DECISIONS[verb](request_id=options["id"], actor=COMMAND_LINE, **given)]


def _fields(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: options[name] for name in FIELDS if options[name] is not None}
    tags = dict(tag.partition("=")[::2] for tag in options["tag"])
    return {**given, "tags": tags} if tags else given


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _line(row: AccountRequest) -> str:
    what = f"{row.pk}  {row.state:<13}  {row.account_id or '-':<12}  {row.name}"
    return f"{what}  {row.failure}: {row.message}" if row.message else what
