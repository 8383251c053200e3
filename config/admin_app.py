"""The admin site is Firstline's own, so that pages of every app are reached from it."""

from django.contrib.admin.apps import AdminConfig


class FirstlineAdminConfig(AdminConfig):
    """Django's admin under Firstline's name."""

    default_site = "config.admin_site.FirstlineAdminSite"
