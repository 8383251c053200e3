"""Filters of history/shown.py for templates."""

from django.template import Library

from history import shown

register = Library()
register.filter("inert", shown.inert)
register.filter("json_text", shown.json_text)
register.filter("words", shown.words)
register.filter("badge", shown.badge)
register.filter("span", shown.span)
register.filter("moment", shown.moment)
