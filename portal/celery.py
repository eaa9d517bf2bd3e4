"""The Celery application, and when everything runs: the whole beat schedule stands here."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import after_setup_logger, after_setup_task_logger, task_prerun, worker_ready

from portal import logs, request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

for _set_up in (after_setup_logger, after_setup_task_logger):
    _set_up.connect(logs.keep_rows_out, weak=False)

# Seconds between runs. Nothing is right only because one of these ran: what time decides is a predicate.
app.conf.beat_schedule = {
    "heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 10.0},
    "release_figures": {"task": "oversight.tasks.release_figures", "schedule": 600.0},
    "resume_loads": {"task": "hotlists.tasks.resume_loads", "schedule": 60.0},
    "look_into_inbox": {"task": "hotlists.tasks.look_into_inbox", "schedule": 60.0},
    "weed_feeds": {"task": "hotlists.tasks.weed_feeds", "schedule": 3600.0},
    "resume_bulk": {"task": "hotlists.tasks.resume_bulk", "schedule": 60.0},
    "scan_attachments": {"task": "camera_sites.tasks.scan_attachments", "schedule": 60.0},
    "drop_files": {"task": "camera_sites.tasks.drop_files", "schedule": crontab(hour=3, minute=10)},
    "ensure_partitions": {"task": "portal.tasks.ensure_partitions", "schedule": crontab(hour=3, minute=20)},
    "matchers-reconcile": {"task": "matchers.tasks.reconcile", "schedule": 30.0},
    "matchers-timestamps": {"task": "matchers.tasks.refresh_timestamps", "schedule": 60.0},
    "matchers-mirror": {"task": "matchers.tasks.mirror", "schedule": 60.0},
    "matchers-prune": {"task": "matchers.tasks.prune", "schedule": 3600.0},
    "matchers-sites": {"task": "matchers.tasks.publish_sites", "schedule": 60.0},
    "hand_on_events": {"task": "audit.tasks.hand_on", "schedule": 10.0},
    "ask_witnesses": {"task": "audit.tasks.ask_witnesses", "schedule": 60.0},
    "publish_tiles": {"task": "audit.tasks.publish_tiles", "schedule": 10.0},
    "verify_log": {"task": "audit.tasks.verify", "schedule": crontab(hour=2, minute=10)},
    "verify_whole_log": {
        "task": "audit.tasks.verify",
        "schedule": crontab(hour=4, minute=30, day_of_week="sunday"),
        "kwargs": {"whole": True},
    },
    "apply_retention": {"task": "retention.tasks.apply", "schedule": crontab(hour=3, minute=40)},
    "take_stock": {"task": "retention.tasks.take_stock", "schedule": crontab(hour=5, minute=10)},
    "screen_for_misuse": {"task": "scrutiny.tasks.screen", "schedule": crontab(hour=4, minute=10)},
    "report_lapses": {"task": "scrutiny.tasks.report_lapses", "schedule": crontab(hour=4, minute=25)},
    "draw_sample": {"task": "scrutiny.tasks.draw_sample", "schedule": crontab(hour=4, minute=40)},
    "resume_retention": {"task": "retention.tasks.resume", "schedule": 300.0},
}


@task_prerun.connect(dispatch_uid="portal.know_the_task")
def know_the_task(task_id: str, **kwargs: object) -> None:
    """What a task writes is tied together by the task's id, as what a request writes is by the request's."""
    request.current.set(request.RequestFacts(correlation_id=task_id))


@worker_ready.connect(dispatch_uid="portal.say_at_once")
def say_at_once_that_it_lives(**kwargs: object) -> None:
    """A worker that has just come up need not wait for the clock to be counted as alive."""
    app.send_task("portal.tasks.heartbeat")
