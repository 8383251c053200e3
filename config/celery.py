"""The Celery application. The broker is a doorbell: losing, doubling or delaying a message changes timing only."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("firstline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=200,
    task_soft_time_limit=150,
    task_time_limit=180,
    task_create_missing_queues=True,
    task_default_queue="look",
    task_routes={
        **{f"provisioning.tasks.{queue}": {"queue": queue} for queue in ("look", "apply", "hand_over", "vend")},
        "provisioning.tasks.discover": {"queue": "look"},
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3600, "socket_timeout": 2, "socket_connect_timeout": 2},
    worker_hijack_root_logger=False,
)
app.autodiscover_tasks()


def _refuse_unsafe_start(**_: Any) -> None:
    import django

    from config.checks.process import Process

    django.setup()
    # Only now: its rules read the settings.
    from config.start import refuse_unsafe_start

    refuse_unsafe_start(Process.WORKER)


def _keep_our_logs(**_: Any) -> None:
    """Celery adds handlers of its own unless somebody listens here; theirs would not redact."""


worker_init.connect(_refuse_unsafe_start)
setup_logging.connect(_keep_our_logs)
