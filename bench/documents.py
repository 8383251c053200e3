"""Policy documents that differ from account to account: equal ones would flatter every cache."""

from random import Random
from typing import Any

Document = dict[str, Any]

_READS = ("Get", "List", "Describe")
_WRITES = ("Put", "Create", "Update", "Delete", "Tag")
_THINGS = {
    "s3": ("Object", "Bucket", "BucketPolicy", "ObjectTagging"),
    "dynamodb": ("Item", "Table", "Stream", "Backup"),
    "ec2": ("Instances", "Volumes", "Snapshots", "SecurityGroups"),
    "logs": ("LogGroup", "LogEvents", "LogStream", "MetricFilter"),
    "kms": ("Key", "Alias", "Grant"),
    "lambda": ("Function", "Alias", "EventSourceMapping"),
    "sqs": ("Queue", "QueueAttributes", "Message"),
    "secretsmanager": ("SecretValue", "Secret"),
}
_SERVICES = ("ec2", "lambda", "ecs-tasks", "states", "codebuild", "glue", "events")
_WORDS = (
    *("orders", "payments", "search", "ledger", "catalog", "mailer", "reports", "billing", "events", "photos", "maps"),
    *("queue", "backup", "audit", "deploy", "staging", "stock", "ingest", "export", "portal"),
)


def word(random: Random) -> str:
    """A name such as people give."""
    return f"{random.choice(_WORDS)}-{random.choice(_WORDS)}-{random.randrange(16**4):04x}"


def permissions(random: Random, account_id: str) -> Document:
    """An identity policy of one to five statements."""
    statements = [_statement(random, account_id, number) for number in range(random.randint(1, 5))]
    return {"Version": "2012-10-17", "Statement": statements}


def trust(random: Random, account_id: str) -> Document:
    """A trust policy: a service, another account, or an identity provider."""
    shapes = (_service, _service, _service, _other_account, _provider)
    statement = {"Effect": "Allow", **random.choice(shapes)(random, account_id)}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _statement(random: Random, account_id: str, number: int) -> Document:
    service = random.choice(list(_THINGS))
    verbs = _READS if random.random() < 0.6 else _READS + _WRITES
    actions = {
        f"{service}:{random.choice(verbs)}{random.choice(_THINGS[service])}" for _ in range(random.randint(1, 9))
    }
    made: Document = {
        "Sid": f"{service.capitalize()}{number}",
        "Effect": "Deny" if random.random() < 0.1 else "Allow",
        "Action": sorted(actions),
        "Resource": _resources(random, service, account_id),
    }
    if random.random() < 0.3:
        made["Condition"] = random.choice(_CONDITIONS)(random)
    return made


def _resources(random: Random, service: str, account_id: str) -> list[str] | str:
    if random.random() < 0.2:
        return "*"
    region = random.choice(("eu-central-1", "us-east-1", "eu-west-1"))
    count = random.randint(1, 4)
    if service == "s3":
        return [f"arn:aws:s3:::{word(random)}{random.choice(('', '/*'))}" for _ in range(count)]
    return [f"arn:aws:{service}:{region}:{account_id}:{word(random)}/*" for _ in range(count)]


_CONDITIONS = (
    lambda random: {
        "StringEquals": {"aws:RequestedRegion": random.sample(("eu-central-1", "eu-west-1", "us-east-1"), 2)}
    },
    lambda random: {"Bool": {"aws:SecureTransport": "true"}},
    lambda random: {"StringLike": {"aws:PrincipalTag/team": f"{random.choice(_WORDS)}*"}},
    lambda random: {"IpAddress": {"aws:SourceIp": f"10.{random.randrange(256)}.0.0/16"}},
)


def _service(random: Random, account_id: str) -> Document:
    return {"Principal": {"Service": f"{random.choice(_SERVICES)}.amazonaws.com"}, "Action": "sts:AssumeRole"}


def _other_account(random: Random, account_id: str) -> Document:
    return {
        "Principal": {"AWS": f"arn:aws:iam::{random.randrange(10**11, 10**12)}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": word(random)}},
    }


def _provider(random: Random, account_id: str) -> Document:
    host = "token.actions.githubusercontent.com"
    return {
        "Principal": {"Federated": f"arn:aws:iam::{account_id}:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{host}:sub": f"repo:example/{word(random)}:*"},
        },
    }
