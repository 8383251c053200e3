"""botocore's own description of each service: parameter types, limits and error names come from here."""

from __future__ import annotations

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

QUERY_SERVICES = ("iam", "sts")
JSON_SERVICES = ("budgets", "cloudtrail", "organizations")
REST_SERVICES = ("accessanalyzer", "account")

_loader = Loader()


@lru_cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(_loader.load_service_model(service, "service-2"), service_name=service)


@lru_cache(maxsize=1024)
def operation_model(service: str, operation: str) -> OperationModel | None:
    """None for a service or an operation that the model does not hold."""
    if service not in QUERY_SERVICES + JSON_SERVICES + REST_SERVICES:
        return None
    model = service_model(service)
    return model.operation_model(operation) if operation in model.operation_names else None
