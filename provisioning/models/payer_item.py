"""What members declare to be kept at the payer: each member's rows are its own, so that its edit touches no others'."""

from django.db import models

from accounts.models import Account


class PayerItem(models.Model):
    """One item of one member. `data` is core's DesiredItem as JSON, by its name at the payer.

    `is_new` until the payer's desired state has taken it up; `is_gone` once the member declares it no more.
    """

    payer = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="kept_for_members")
    member = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="kept_at_payer")
    kind = models.CharField(max_length=64)
    name = models.CharField(max_length=128)
    data = models.JSONField()
    is_new = models.BooleanField(default=True)
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind", "name"], name="one_item_per_member_and_name")]
        indexes = [
            models.Index(fields=["payer"], condition=models.Q(is_new=True), name="payer_item_new"),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} for {self.member_id}: {self.kind}/{self.name}"
