"""Values as people are shown them: text that others wrote can't act, times have an age."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

GLYPHS = {
    "in_sync": "✓",
    "done": "✓",
    "entered": "✓",
    "created": "✓",
    "managed": "✓",
    "ok": "✓",
    "applied": "✓",
    "approved": "✓",
    "resolved": "✓",
    "drifted": "≠",
    "changed": "≠",
    "missing": "∅",
    "extra": "⊞",
    "new": "+",
    "removed": "−",
    "attention": "!",
    "high": "!",
    "person": "!",
    "unknown": "?",
    "unassigned": "○",
    "in_force": "✓",
    "lapsed": "!",
    "withdrawn": "×",
    "unreachable": "×",
    "failed": "×",
    "external_id_not_required": "!",
    "awaiting_role": "…",
    "suspended": "‖",
    "observed": "‖",
    "error": "×",
    "rejected": "×",
    "refused": "×",
    "blocked": "×",
    "quarantined": "×",
    "proposed": "…",
    "scheduled": "✓",
    "requested": "…",
    "creating": "…",
    "in_doubt": "?",
    "cancelled": "×",
    "made": "✓",
    "read": "✓",
    "allowed": "✓",
    "denied": "×",
    "cannot_tell": "?",
    "mixed": "≠",
    "paused": "‖",
    "prod": "▲",
}
"""A sign beside the colour, so that nobody needs to see colours."""


def inert(value: object) -> str:
    """The text with every invisible or direction-changing character as its code, e.g. ⟨U+202E⟩; lines stay lines.

    HTML is the templates' business: they escape everything.
    """
    text = str(value)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else f"⟨U+{ord(one):04X}⟩" for one in text)


def json_text(value: Any) -> str:
    """JSON on several lines, in the order it has, inert."""
    return inert(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def words(code: object) -> str:
    """A code as words: `in_sync` is `in sync`."""
    return inert(code).replace("_", " ")


def badge(code: str, text: str = "") -> SafeString:
    """A code as a small label: a sign, words and a colour by its name."""
    sign = format_html('<span aria-hidden="true">{}</span> ', GLYPHS[code]) if code in GLYPHS else ""
    return format_html('<span class="badge badge-{}">{}{}</span>', code, sign, text or words(code))


def span(length: timedelta | None) -> str:
    """A length of time in its largest unit: `12 min`, `3 h`, `2 days`."""
    if length is None:
        return "never"
    seconds = int(length.total_seconds())
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            many = seconds // size
            return f"{many} {unit}{'s' if unit == 'day' and many > 1 else ''}"
    return f"{max(seconds, 0)} s"


def moment(at: datetime | None) -> SafeString | str:
    """A time in UTC with its age."""
    if at is None:
        return "–"
    length = timezone.now() - at
    age = f"{span(length)} ago" if length >= timedelta(0) else f"in {span(-length)}"
    return format_html(
        '<time datetime="{}" title="{} UTC">{} <span class="age">{}</span></time>',
        at.isoformat(),
        at.strftime("%Y-%m-%d %H:%M:%S"),
        at.strftime("%Y-%m-%d %H:%M"),
        age,
    )
