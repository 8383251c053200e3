"""manage.py baseline_schema: the JSON Schema of a declaration, as it is served."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from iam_templates.schema import written
from provisioning.kinds import all_kinds


class Command(BaseCommand):
    """Writes the published schema."""

    help = "Write the JSON Schema of a declaration to a file, or show it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, help="where to write it")

    def handle(self, *args: Any, **options: Any) -> None:
        text = written(all_kinds())
        if options["file"]:
            options["file"].write_text(text)
        else:
            self.stdout.write(text, ending="")
