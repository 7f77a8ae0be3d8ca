import os

from celery import Celery

app = Celery("mailer", broker=os.environ.get("KAFKA_BROKERS", "confluentkafka://order-events:9092"))


@app.task
def send_ticket(seat: str) -> None:
    raise NotImplementedError(seat)
