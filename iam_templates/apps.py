"""Baselines: what accounts should look like."""

from django.apps import AppConfig


class IamTemplatesConfig(AppConfig):
    """Baselines, versions, assignments."""

    name = "iam_templates"
    verbose_name = "Baselines"
