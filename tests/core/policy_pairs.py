"""Pairs of policy documents: alike or not, each with an id and the reason. Data only."""

from typing import Any, NamedTuple

NEW = "2012-10-17"
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
BUCKET = "arn:aws:s3:::data"
Json = dict[str, Any]


class Pair(NamedTuple):
    """Two documents and what AWS makes of them."""

    id: str
    left: Json
    right: Json
    reason: str


def doc(*statements: Json, version: str | None = NEW, **more: Any) -> Json:
    head = {} if version is None else {"Version": version}
    return {**head, **more, "Statement": list(statements)}


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal: Any, **more: Any) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def when(operator: str, key: str, value: Any, **more: Any) -> Json:
    return doc(allow(Condition={operator: {key: value}}, **more))


SPELLING = [
    Pair("key-order", doc(allow()), {"Statement": [dict(reversed(allow().items()))], "Version": NEW}, "objects"),
    Pair("one-action-in-a-list", doc(allow("s3:GetObject")), doc(allow(["s3:GetObject"])), "scalar or list"),
    Pair("one-resource-in-a-list", doc(allow(resource=BUCKET)), doc(allow(resource=[BUCKET])), "scalar or list"),
    Pair("one-statement-in-a-list", {"Version": NEW, "Statement": allow()}, doc(allow()), "scalar or list"),
    Pair(
        "one-excluded-action",
        doc({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}),
        doc({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}),
        "scalar or list",
    ),
    Pair(
        "one-excluded-resource",
        doc({"Effect": "Deny", "Action": "s3:*", "NotResource": BUCKET}),
        doc({"Effect": "Deny", "Action": "s3:*", "NotResource": [BUCKET]}),
        "scalar or list",
    ),
    Pair("one-principal", doc(trust({"AWS": ROLE})), doc(trust({"AWS": [ROLE]})), "scalar or list"),
    Pair("one-value", when("StringEquals", "aws:x", "a"), when("StringEquals", "aws:x", ["a"]), "scalar or list"),
    Pair("action-order", doc(allow(["s3:a", "s3:b"])), doc(allow(["s3:b", "s3:a"])), "lists are sets"),
    Pair("repeated-action", doc(allow(["s3:a", "s3:a", "s3:b"])), doc(allow(["s3:a", "s3:b"])), "lists are sets"),
    Pair(
        "principal-order",
        doc(trust({"AWS": [ROLE, "999988887777"], "Service": ["ec2.amazonaws.com", "ecs.amazonaws.com"]})),
        doc(trust({"Service": ["ecs.amazonaws.com", "ec2.amazonaws.com"], "AWS": ["999988887777", ROLE]})),
        "AWS gives principals back in any order",
    ),
    Pair("value-order", when("StringLike", "k", ["a", "b"]), when("StringLike", "k", ["b", "a"]), "lists are sets"),
    Pair("statement-order", doc(allow("s3:a"), deny("s3:b")), doc(deny("s3:b"), allow("s3:a")), "a set"),
    Pair("repeated-statement", doc(allow("s3:a"), allow("s3:a"), allow("s3:b")), doc(allow("s3:a"), allow("s3:b")), ""),
    Pair("action-case", doc(allow("S3:getobject")), doc(allow("s3:GetObject")), "action names are case-blind"),
    Pair(
        "key-case",
        when("StringEquals", "aws:RequestTag/Team", "a"),
        when("StringEquals", "AWS:requesttag/team", "a"),
        "",
    ),
    Pair("operator-case", when("stringequals", "k", "a"), when("StringEquals", "k", "a"), "operators are case-blind"),
    Pair("set-operator-case", when("foranyvalue:stringlike", "k", "a"), when("ForAnyValue:StringLike", "k", "a"), ""),
    Pair("bool-in-quotes", when("Bool", "aws:SecureTransport", True), when("Bool", "aws:SecureTransport", "true"), ""),
    Pair("bool-case", when("Bool", "k", "True"), when("Bool", "k", "true"), "Bool ignores case"),
    Pair("null-in-quotes", when("Null", "k", False), when("Null", "k", "false"), "scalar text"),
    Pair("number-in-quotes", when("NumericEquals", "k", 5), when("NumericEquals", "k", "5"), "scalar text"),
    Pair("number-spelling", when("NumericLessThan", "k", "5.0"), when("NumericLessThan", "k", 5), "numbers"),
    Pair("number-in-text", when("StringEquals", "k", 5), when("StringEquals", "k", "5"), "scalar text"),
    Pair(
        "account-or-root",
        doc(trust({"AWS": ACCOUNT})),
        doc(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
        "IAM prints the ARN",
    ),
    Pair(
        "account-or-root-in-china",
        doc(trust({"AWS": ACCOUNT})),
        doc(trust({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"})),
        "in any partition",
    ),
    Pair("empty-sid", doc(allow(Sid="")), doc(allow()), "a Sid grants nothing"),
    Pair("other-sid", doc(allow(Sid="One")), doc(allow(Sid="Two")), "a Sid grants nothing"),
    Pair("id", doc(allow(), Id="x"), doc(allow()), "an Id grants nothing"),
    Pair("anyone", doc(trust("*")), doc(trust({"AWS": "*"})), "same for anonymous access"),
    Pair("arn-equals-or-like", when("ArnEquals", "k", ROLE), when("ArnLike", "k", ROLE), "behave the same"),
    Pair("arn-not-equals", when("ArnNotEquals", "k", ROLE), when("ArnNotLike", "k", ROLE), "behave the same"),
    Pair("empty-condition", doc(allow(Condition={})), doc(allow()), "no operator at all"),
    Pair("all-actions", doc(allow("*")), doc(allow("*:*")), "every action has one colon"),
    Pair("double-star", doc(allow("s3:**")), doc(allow("s3:*")), "one star takes anything"),
    Pair("star-and-one", doc(allow("s3:*?")), doc(allow("s3:?*")), "at least one character"),
    Pair("no-version", doc(allow(), version=None), doc(allow(), version="2008-10-17"), "that is the default"),
    Pair("ignored-case", when("StringEqualsIgnoreCase", "k", "AbC"), when("StringEqualsIgnoreCase", "k", "abc"), ""),
    Pair(
        "date-spelling",
        when("DateLessThan", "aws:CurrentTime", "2020-04-01T02:00:00+02:00"),
        when("DateLessThan", "aws:CurrentTime", "2020-04-01T00:00:00Z"),
        "one instant",
    ),
    Pair(
        "date-or-epoch",
        when("DateLessThan", "aws:CurrentTime", "2020-04-01T00:00:00Z"),
        when("DateLessThan", "aws:CurrentTime", 1585699200),
        "one instant",
    ),
    Pair("address-or-network", when("IpAddress", "k", "203.0.113.7"), when("IpAddress", "k", "203.0.113.7/32"), ""),
    Pair("ipv6-spelling", when("IpAddress", "k", "2001:DB8::0/32"), when("IpAddress", "k", "2001:db8::/32"), ""),
    Pair(
        "variable-name-case",
        doc(allow(resource=f"{BUCKET}/${{aws:UserName}}/*")),
        doc(allow(resource=f"{BUCKET}/${{aws:username}}/*")),
        "key names are case-blind in variables too",
    ),
    Pair("escaped-star-in-exact-text", when("StringEquals", "k", "a${*}"), when("StringEquals", "k", "a*"), "literal"),
]

COVERED = [
    Pair("wider-action", doc(allow(["s3:*", "s3:Get*"])), doc(allow("s3:*")), "the wider one says it all"),
    Pair("everything", doc(allow(["*", "iam:PassRole"])), doc(allow("*")), "the wider one says it all"),
    Pair(
        "wider-resource",
        doc(allow(resource=[f"{BUCKET}/*", f"{BUCKET}/x"])),
        doc(allow(resource=f"{BUCKET}/*")),
        "the wider one says it all",
    ),
    Pair(
        "variable-under-a-star",
        doc(allow(resource=[f"{BUCKET}/*", f"{BUCKET}/${{aws:username}}"])),
        doc(allow(resource=f"{BUCKET}/*")),
        "a variable without a value matches nothing, any value is under the star",
    ),
    Pair("split-actions", doc(allow(["s3:a", "s3:b"])), doc(allow("s3:a"), allow("s3:b")), "statements add up"),
    Pair("split-resources", doc(allow(resource=["*", BUCKET])), doc(allow(), allow(resource=BUCKET)), "add up"),
    Pair(
        "split-both-ways",
        doc(allow(["s3:a", "s3:b"], [BUCKET, f"{BUCKET}/*"])),
        doc(allow("s3:a", BUCKET), allow("s3:a", f"{BUCKET}/*"), allow("s3:b", [BUCKET, f"{BUCKET}/*"])),
        "statements add up",
    ),
    Pair("split-denies", doc(deny(["s3:a", "s3:b"])), doc(deny("s3:a"), deny("s3:b")), "statements add up"),
    Pair(
        "split-principals",
        doc(trust({"AWS": [ROLE, ACCOUNT], "Service": "ec2.amazonaws.com"})),
        doc(trust({"AWS": ROLE}), trust({"Service": "ec2.amazonaws.com"}), trust({"AWS": ACCOUNT})),
        "statements add up",
    ),
    Pair(
        "split-values",
        when("StringEquals", "k", ["a", "b"]),
        doc(*when("StringEquals", "k", "a")["Statement"], *when("StringEquals", "k", "b")["Statement"]),
        "values of one key are alternatives",
    ),
    Pair(
        "if-exists takes in the plain demand",
        doc(*when("StringEqualsIfExists", "k", "a")["Statement"], *when("StringEquals", "k", "a")["Statement"]),
        when("StringEqualsIfExists", "k", "a"),
        "missing, or a: a alone adds nothing",
    ),
    Pair(
        "split-values-if-exists",
        when("StringEqualsIfExists", "k", ["a", "b"]),
        doc(*when("StringEqualsIfExists", "k", "a")["Statement"], *when("StringEqualsIfExists", "k", "b")["Statement"]),
        "missing or a, or else missing or b",
    ),
    Pair(
        "condition-beside-none", doc(allow(), allow(Condition={"Bool": {"k": True}})), doc(allow()), "already allowed"
    ),
    Pair(
        "fewer-conditions-cover-more",
        doc(allow(Condition={"Bool": {"k": True}}), allow(Condition={"Bool": {"k": True}, "Null": {"j": True}})),
        when("Bool", "k", True),
        "already allowed",
    ),
    Pair("wider-value", when("StringLike", "k", ["a*", "ab"]), when("StringLike", "k", "a*"), "already matched"),
    Pair(
        "wider-network", when("IpAddress", "k", ["10.0.0.0/8", "10.1.0.0/16"]), when("IpAddress", "k", "10.0.0.0/8"), ""
    ),
    Pair("higher-bound", when("NumericLessThan", "k", [5, 10]), when("NumericLessThan", "k", 10), "5 is below 10"),
    Pair(
        "excluded-twice",
        doc({"Effect": "Allow", "NotAction": ["iam:*", "iam:PassRole"], "Resource": "*"}),
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        "already excluded",
    ),
    Pair(
        "action-outside-the-excluded",
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("s3:Get*")),
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        "s3 is not excluded, so it is allowed already",
    ),
    Pair(
        "longer-exclusion-beside-shorter",
        doc(*({"Effect": "Deny", "NotAction": names, "Resource": "*"} for names in ("iam:*", ["iam:*", "sts:*"]))),
        doc({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}),
        "all but iam and sts is within all but iam",
    ),
    Pair(
        "excluding-everything",
        doc(allow(), {"Effect": "Allow", "NotAction": "*", "Resource": "*"}),
        doc(allow()),
        "all but everything is nothing",
    ),
    Pair(
        "excluded-and-included",
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("iam:*")),
        doc(allow("*")),
        "all but iam, and iam, is everything",
    ),
    Pair(
        "partly-included",
        doc({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}, allow("iam:*")),
        doc({"Effect": "Allow", "NotAction": "sts:*", "Resource": "*"}),
        "all but iam and sts, and iam, is all but sts",
    ),
    Pair(
        "exclusions-apart",
        doc(*({"Effect": "Allow", "NotAction": one, "Resource": "*"} for one in ("iam:*", "sts:*"))),
        doc(allow("*")),
        "what one leaves out the other allows",
    ),
    Pair("dead-allow", doc(allow("s3:Get*"), deny("s3:*")), doc(deny("s3:*")), "a Deny always wins"),
    Pair(
        "dead-part-of-an-allow",
        doc(allow(["s3:GetObject", "ec2:*"]), deny("s3:*")),
        doc(allow("ec2:*"), deny("s3:*")),
        "a Deny always wins",
    ),
    Pair(
        "dead-conditional-allow",
        doc(allow(Condition={"Bool": {"k": True}}), deny()),
        doc(deny()),
        "a Deny always wins",
    ),
    Pair("anyone-covers-a-role", doc(trust({"AWS": ["*", ROLE]})), doc(trust("*")), "anyone is the role too"),
    Pair(
        "covered-by-two",
        doc(allow("s3:*", BUCKET), allow("ec2:*"), allow(["s3:a", "ec2:a"], BUCKET)),
        doc(allow("s3:*", BUCKET), allow("ec2:*")),
        "each part is covered by another statement",
    ),
]

ALIKE = SPELLING + COVERED
