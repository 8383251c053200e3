"""Texts of the AWS managed policies, as they were on the date of the shipped table (`managed_policies().data_date`).

AWS changes its policies without notice, and no look reads them: GetAccountAuthorizationDetails would send all of them.
Generated with the names: `python -m tools.managed_policies`.
"""

import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).with_name("aws_managed_documents.json.xz")
_PREFIX = "arn:aws:iam::aws:policy"


class ManagedDocuments(Mapping[str, str]):
    """ARN -> document text; some megabytes that are read when the first is asked for.

    Of the partition `aws` only: elsewhere AWS writes other ARNs into them, and nobody here has read those.
    """

    def __getitem__(self, arn: str) -> str:
        if not arn.startswith(_PREFIX):
            raise KeyError(arn)
        return _texts()[arn.removeprefix(_PREFIX)]

    def __iter__(self) -> Iterator[str]:
        return (_PREFIX + place for place in _texts())

    def __len__(self) -> int:
        return len(_texts())


MANAGED_DOCUMENTS = ManagedDocuments()


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = json.loads(lzma.decompress(_TEXTS.read_bytes()))
    return texts
