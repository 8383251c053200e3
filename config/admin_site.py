"""The admin site: reviewers look at drift and decide here."""

from django.contrib.admin import AdminSite


class FirstlineAdminSite(AdminSite):
    """Django's admin with Firstline's words."""

    site_header = "Firstline"
    site_title = "Firstline"
    index_title = "Accounts, drift and plans"
