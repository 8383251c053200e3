"""What AWS answers when it refuses, as one exception; protocol.py gives it the body of the service asked."""

from __future__ import annotations


class AwsError(Exception):
    """A refusal in AWS's words. `status` is the HTTP status of the service's own error model."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def no_such_entity(message: str) -> AwsError:
    return AwsError("NoSuchEntity", message, 404)


def already_exists(message: str) -> AwsError:
    return AwsError("EntityAlreadyExists", message, 409)


def limit_exceeded(message: str) -> AwsError:
    return AwsError("LimitExceeded", message, 409)


def delete_conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", message, 409)


def password_policy_violation(message: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", message)


def malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message)


def validation_error(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def not_found(message: str) -> AwsError:
    """Budgets' word for it."""
    return AwsError("NotFoundException", message)


def invalid_parameter(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def not_implemented(service: str, operation: str) -> AwsError:
    return AwsError("NotImplemented", f"The sandbox does not simulate {service}:{operation}.", 501)
