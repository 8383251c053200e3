"""What must hold before Firstline starts.

Each rule is a system check for deployment, so `manage.py check --deploy` shows all of them, and web server, workers and
dispatcher ask them at start (config/start.py). Rules about this machine alone are lenient: nobody else gets there.
"""

from django.core.checks import register

from config.checks import aws, http, mail, secrets, servers
from config.checks.process import TAG

for rule in (*http.RULES, *secrets.RULES, *servers.RULES, *aws.RULES, *mail.RULES):
    register(rule, TAG, deploy=True)
