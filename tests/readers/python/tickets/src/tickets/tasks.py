from celery import Celery

from tickets.settings import settings

app = Celery("tickets", broker=settings.redis_url)
app.conf.task_time_limit = 60
app.conf.task_acks_late = True
app.conf.beat_schedule = {"clean": {"task": "tickets.tasks.clean", "schedule": 3600}}


@app.task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_ticket(event: int) -> None:
    try:
        print(event)
    except Exception:
        pass


@app.task
def clean() -> None:
    return None
