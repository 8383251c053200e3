"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks.process import Process  # noqa: E402 (the apps must be loaded first)
from config.start import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start(Process.WEB)
