"""`manage.py print_permissions`: the IAM policies of the way in, as they follow from this version's kinds."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from provisioning.core.access_path import AccessPath
from provisioning.services.print_permissions import HubFacts, printed_policies


class Command(BaseCommand):
    help = (
        "Print the IAM policies of the look, apply, hand-over and vending roles, of the hub's own roles, and the SCP."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partition", default="aws", help="aws, aws-cn or aws-us-gov")
        parser.add_argument("--account", default="*", help="12 digits, for the policies of one account")
        parser.add_argument("--only", default="", help="one of them by its name, e.g. apply-1")

    def handle(self, *args: Any, **options: Any) -> None:
        place = _place(options["partition"], options["account"])
        printed = printed_policies(place, HubFacts(organization_id=settings.FIRSTLINE.organization_id or "<org id>"))
        if options["only"] and options["only"] not in printed:
            raise CommandError(f"--only: there is no {options['only']!r}; use one of {', '.join(printed)}")
        self.stdout.write(json.dumps(printed[options["only"]] if options["only"] else printed, indent=2))


def _place(partition: str, account: str) -> AccessPath:
    given = settings.FIRSTLINE
    roles = [given.look_role, given.apply_role, given.hand_over_role, given.discovery_role, given.vending_role]
    paths, names = zip(*(role.rpartition("/")[::2] for role in roles), strict=True)
    look, apply, hand_over, discovery, vending = names
    # Without account requests there is no vending role, so nobody need move it along.
    if len(set(paths if given.management_account_id else paths[:4])) > 1 or not paths[0]:
        raise CommandError(
            "FIRSTLINE_LOOK_ROLE, FIRSTLINE_APPLY_ROLE, FIRSTLINE_HAND_OVER_ROLE, FIRSTLINE_DISCOVERY_ROLE (and "
            "FIRSTLINE_VENDING_ROLE, where accounts are requested): give all of them one path of their own "
            "(such as firstline/FirstlineLook), below which nothing else may lie"
        )
    return AccessPath(partition, account, f"/{paths[0]}/", look, apply, hand_over, vending, discovery)
