"""Pairs of policy documents that AWS treats differently, each with an id and the reason. Data only."""

from tests.core.policy_pairs import ACCOUNT, BUCKET, ROLE, Pair, allow, deny, doc, trust, when

MFA = {"Bool": {"aws:MultiFactorAuthPresent": True}}
ELEMENTS = [
    Pair("version", doc(allow()), doc(allow(), version="2008-10-17"), "variables are plain text before 2012"),
    Pair("absent-version", doc(allow()), doc(allow(), version=None), "absent is 2008-10-17"),
    Pair("effect", doc(allow()), doc(deny()), "the opposite"),
    Pair("effect-case", doc(allow()), doc({**allow(), "Effect": "allow"}), "exact case, else an error"),
    Pair("element-case", doc(allow()), doc({"Effect": "Allow", "action": "s3:GetObject", "Resource": "*"}), "an error"),
    Pair("resource-case", doc(allow(resource=BUCKET)), doc(allow(resource=BUCKET.upper())), "ARNs are exact"),
    Pair("action", doc(allow("s3:GetObject")), doc(allow("s3:PutObject")), "another action"),
    Pair("added-action", doc(allow("s3:Get*")), doc(allow(["s3:Get*", "s3:PutObject"])), "more is allowed"),
    Pair("dropped-statement", doc(allow("s3:a"), allow("s3:b")), doc(allow("s3:a")), "less is allowed"),
    Pair("wildcard-or-list", doc(allow("s3:Get?")), doc(allow(["s3:Geta", "s3:Getb"])), "AWS adds actions over time"),
    Pair("wildcard-or-one", doc(allow("s3:GetObject*")), doc(allow("s3:GetObject")), "AWS adds actions over time"),
    Pair("prefix-or-all", doc(allow("s3:*")), doc(allow("*")), "other services"),
    Pair("bucket-or-objects", doc(allow(resource=BUCKET)), doc(allow(resource=f"{BUCKET}/*")), "other resources"),
    Pair(
        "action-or-not",
        doc(allow("iam:*")),
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        "all but these",
    ),
    Pair(
        "resource-or-not",
        doc(deny(resource=BUCKET)),
        doc({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": BUCKET}),
        "all but these",
    ),
    Pair(
        "principal-or-not",
        doc({"Effect": "Deny", "Principal": {"AWS": ROLE}, "Action": "sts:AssumeRole"}),
        doc({"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "sts:AssumeRole"}),
        "all but these",
    ),
    Pair(
        "exclusions-together-or-apart",
        doc({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
        doc(*({"Effect": "Allow", "NotAction": one, "Resource": "*"} for one in ("iam:*", "sts:*"))),
        "all but iam, or else all but sts, is everything",
    ),
    Pair(
        "variable-or-star", doc(allow(resource=f"{BUCKET}/${{aws:username}}")), doc(allow(resource=f"{BUCKET}/*")), ""
    ),
    Pair(
        "variable-and-a-name",
        doc(allow(resource=[f"{BUCKET}/${{aws:username}}", f"{BUCKET}/ann"])),
        doc(allow(resource=f"{BUCKET}/${{aws:username}}")),
        "a variable is no wildcard",
    ),
    Pair(
        "variable-text-of-2008-keeps-its-case",
        doc(allow(resource=f"{BUCKET}/${{aws:UserName}}"), version="2008-10-17"),
        doc(allow(resource=f"{BUCKET}/${{aws:username}}"), version="2008-10-17"),
        "before 2012 it is plain text",
    ),
    Pair(
        "variable-default",
        doc(allow(resource=f"{BUCKET}/${{aws:username, 'A'}}")),
        doc(allow(resource=f"{BUCKET}/${{aws:username, 'a'}}")),
        "a default is text",
    ),
    Pair("escaped-star", doc(allow(resource=f"{BUCKET}/${{*}}")), doc(allow(resource=f"{BUCKET}/*")), "a literal star"),
    Pair(
        "star-inside-a-segment-stops-at-a-colon",
        doc(allow("logs:a", ["arn:aws:logs:eu-*1:1:a:b", "arn:aws:logs:eu-x:1:a:1:1:a:b"])),
        doc(allow("logs:a", "arn:aws:logs:eu-*1:1:a:b")),
        "only a star at the end of a segment is documented to run past a colon",
    ),
    Pair(
        "crossed-split", doc(allow(["s3:a", "s3:b"], [BUCKET, "*"])), doc(allow("s3:a", BUCKET), allow("s3:b", "*")), ""
    ),
    Pair("deny-beside-allow", doc(allow("s3:*"), deny("s3:Put*")), doc(allow("s3:*")), "the Deny takes back"),
    Pair("deny-under-condition", doc(allow(), deny(Condition=MFA)), doc(deny(Condition=MFA)), "the Allow still lives"),
    Pair("deny-of-one", doc(allow("s3:Get*"), deny("s3:GetObject")), doc(deny("s3:GetObject")), "most of it lives"),
    Pair("no-resource", doc(trust("*")), doc(trust("*", Resource="*")), "a trust has no Resource"),
    Pair("unknown-element", doc(allow()), doc(allow(Comment="x")), "not understood, so not alike"),
    Pair("unknown-top-element", doc(allow()), doc(allow(), Comment="x"), "not understood, so not alike"),
]

PRINCIPALS = [
    Pair("role-or-account", doc(trust({"AWS": ROLE})), doc(trust({"AWS": ACCOUNT})), "the account delegates further"),
    Pair("account-does-not-cover-its-role", doc(trust({"AWS": [ACCOUNT, ROLE]})), doc(trust({"AWS": ACCOUNT})), ""),
    Pair("other-account", doc(trust({"AWS": ACCOUNT})), doc(trust({"AWS": "999988887777"})), "another account"),
    Pair("unique-id", doc(trust({"AWS": ROLE})), doc(trust({"AWS": "AROAEXAMPLEEXAMPLE12"})), "a deleted principal"),
    Pair("session-or-role", doc(trust({"AWS": ROLE})), doc(trust({"AWS": ROLE.replace("iam", "sts")})), "a session"),
    Pair("service-or-aws", doc(trust({"Service": "*"})), doc(trust({"AWS": "*"})), "services only"),
    Pair(
        "anyone-and-a-service",
        doc(trust({"AWS": "*", "Service": "ec2.amazonaws.com"})),
        doc(trust("*")),
        "undocumented",
    ),
    Pair("federated", doc(trust({"Federated": "accounts.google.com"})), doc(trust({"AWS": "accounts.google.com"})), ""),
    Pair("canonical-user", doc(trust({"CanonicalUser": "a" * 64})), doc(trust({"AWS": "a" * 64})), "another namespace"),
    Pair("absent-or-anyone", doc(allow()), doc(allow(Principal="*")), "an identity policy names nobody"),
    Pair("two-plain-texts", doc(trust("*")), doc(trust(ACCOUNT)), "not any two texts are alike"),
    Pair("role-case", doc(trust({"AWS": ROLE})), doc(trust({"AWS": ROLE.replace("app", "App")})), "ARNs are exact"),
]

CONDITIONS = [
    Pair("condition-or-none", doc(allow()), doc(allow(Condition=MFA)), "narrower"),
    Pair("operator-without-keys", doc(allow()), doc(allow(Condition={"StringEquals": {}})), "undocumented: not folded"),
    Pair("key-without-values", doc(allow()), when("StringEquals", "k", []), "undocumented: not folded"),
    Pair("equals-or-like", when("StringEquals", "k", "a"), when("StringLike", "k", "a"), "other operators"),
    Pair("if-exists", when("StringEquals", "k", "a"), when("StringEqualsIfExists", "k", "a"), "missing key"),
    Pair("for-all", when("StringEquals", "k", "a"), when("ForAllValues:StringEquals", "k", "a"), "true for no value"),
    Pair("any-or-all", when("ForAnyValue:StringEquals", "k", "a"), when("ForAllValues:StringEquals", "k", "a"), ""),
    Pair(
        "for-all-does-not-split",
        when("ForAllValues:StringEquals", "k", ["a", "b"]),
        doc(*(when("ForAllValues:StringEquals", "k", one)["Statement"][0] for one in ("a", "b"))),
        "a request with a and b passes the first only",
    ),
    Pair(
        "negated-does-not-split",
        when("StringNotEquals", "k", ["a", "b"]),
        doc(*(when("StringNotEquals", "k", one)["Statement"][0] for one in ("a", "b"))),
        "not a, or else not b, is always so",
    ),
    Pair("value", when("StringEquals", "k", "a"), when("StringEquals", "k", "b"), "another value"),
    Pair("value-case", when("StringEquals", "k", "a"), when("StringEquals", "k", "A"), "exact case"),
    Pair("more-values", when("StringEquals", "k", "a"), when("StringEquals", "k", ["a", "b"]), "wider"),
    Pair("more-excluded", when("StringNotEquals", "k", "a"), when("StringNotEquals", "k", ["a", "b"]), "narrower"),
    Pair("other-key", when("StringEquals", "k", "a"), when("StringEquals", "j", "a"), "another key"),
    Pair(
        "keys-are-and",
        doc(allow(Condition={"StringEquals": {"k": "a", "j": "b"}})),
        doc(*when("StringEquals", "k", "a")["Statement"], *when("StringEquals", "j", "b")["Statement"]),
        "both must hold in one statement",
    ),
    Pair(
        "values-across-keys",
        doc(allow(Condition={"StringEquals": {"k": ["a", "b"], "j": "c"}})),
        doc(allow(Condition={"StringEquals": {"k": "a", "j": ["b", "c"]}})),
        "values belong to their key",
    ),
    Pair(
        "arn-equals-beside-like",
        doc(allow(Condition={"ArnEquals": {"k": ROLE}, "ArnLike": {"k": BUCKET}})),
        when("ArnLike", "k", [ROLE, BUCKET]),
        "both must hold, not either",
    ),
    Pair("big-numbers", when("NumericEquals", "k", 2**60), when("NumericEquals", "k", 2**60 + 1), "no digit is lost"),
    Pair(
        "date", when("DateLessThan", "k", "2020-04-01T00:00:00Z"), when("DateLessThan", "k", "2020-04-01T00:00:01Z"), ""
    ),
    Pair(
        "year-or-epoch", when("DateLessThan", "k", "2020"), when("DateLessThan", "k", "1970-01-01T00:33:40Z"), "unsure"
    ),
    Pair("network-size", when("IpAddress", "k", "10.0.0.0/8"), when("IpAddress", "k", "10.0.0.0/9"), "smaller"),
    Pair("host-bits", when("IpAddress", "k", "10.0.0.1/8"), when("IpAddress", "k", "10.0.0.0/8"), "undocumented"),
    Pair(
        "star-is-literal", when("StringEquals", "k", ["a*", "ab"]), when("StringEquals", "k", "a*"), "no wildcard here"
    ),
    Pair("bool-value", when("Bool", "k", True), when("Bool", "k", False), "the opposite"),
    Pair("null-value", when("Null", "k", True), when("Null", "k", False), "the opposite"),
    Pair("numeric-text", when("StringEquals", "k", "5"), when("StringEquals", "k", "5.0"), "text is exact"),
    Pair("bound-direction", when("NumericLessThan", "k", 5), when("NumericGreaterThan", "k", 5), "the other side"),
    Pair("lower-bound", when("NumericGreaterThan", "k", [5, 10]), when("NumericGreaterThan", "k", 10), "5 is wider"),
    Pair("unknown-operator", when("StringEquals", "k", "a"), when("StringEqual", "k", "a"), "not understood"),
]

DIFFERENT = ELEMENTS + PRINCIPALS + CONDITIONS
