from prometheus_client import Counter

SOLD = Counter("tickets_sold", "Tickets sold")
