"""People's teams, roles and tokens. A token's secret is shown once; the database holds its hash."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from access.roles import Grant, Role
from access.scopes import Scope, ScopeKind


class Team(models.Model):
    """A name that accounts carry as their `owner_team`."""

    name = models.CharField(
        primary_key=True,
        max_length=100,
        validators=[RegexValidator(r"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z", "use lower-case letters, digits and hyphens")],
    )
    description = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleBinding(models.Model):
    """A person's role on a part of the fleet, until it ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_bindings")
    role = models.CharField(max_length=16, choices=Role)
    scope_kind = models.CharField(max_length=12, choices=ScopeKind, default=ScopeKind.FLEET)
    scope_value = models.CharField(max_length=512, blank=True, default="")
    granted_by = models.CharField(max_length=150)
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "scope_kind", "scope_value"], name="one_binding_per_scope"),
            models.CheckConstraint(
                condition=models.Q(scope_kind="fleet", scope_value="")
                | (~models.Q(scope_kind="fleet") & ~models.Q(scope_value="")),
                name="binding_names_its_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.get_username()}: {self.grant}"

    @property
    def grant(self) -> Grant:
        """What it gives."""
        return Grant(Role(self.role), Scope(ScopeKind(self.scope_kind), self.scope_value))


class Token(models.Model):
    """A key to the API for one person. It gives what its person holds, and of that only what `grants` allow too.

    `digest` is the HMAC-SHA256 of a random 256-bit secret under the pepper `pepper_id`, or its SHA-256 without one.
    """

    key_id = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    pepper_id = models.CharField(max_length=16, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    grants = models.JSONField(default=list, help_text='[{"role": "operator", "scope": "team:payments"}]')
    allowed_cidrs = models.JSONField(default=list, blank=True, help_text="Where it may be used; [] for anywhere.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    used_from = models.JSONField(default=list, blank=True, help_text="The addresses of its last day of use.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    rotated_to = models.CharField(max_length=16, blank=True, default="", help_text="Key id of its successor.")

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} (fl_{self.key_id})"

    @property
    def limit(self) -> frozenset[Grant]:
        """Its own grants."""
        return frozenset(Grant.from_plain(one) for one in self.grants)


class SignInTries(models.Model):
    """Tries to sign in that were not right, of one address, one name, or both together. `key` is a keyed digest:

    what people type as their name may be their password.
    """

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.tries}"


class KnownNetwork(models.Model):
    """Somebody signed in from here before, so strangers' tries at their name do not lock them out."""

    key = models.CharField(max_length=64, primary_key=True)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key[:8]


class KeptAnswer(models.Model):
    """The answer to one POST with an Idempotency-Key, kept for 24 hours in the transaction of its effect.

    `body` is null for an answer that showed a secret: it is never stored, so never shown again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    limit = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the token's grants.")
    key = models.CharField(max_length=128)
    path_digest = models.CharField(max_length=64, help_text="SHA-256 of method, path and query.")
    body_digest = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    status = models.PositiveSmallIntegerField()
    body = models.TextField(null=True)  # noqa: DJ001 - null is "not kept", '' is an empty answer
    media_type = models.CharField(max_length=100)
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "limit", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"
