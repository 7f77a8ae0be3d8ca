import pika

channel = pika.BlockingConnection(pika.ConnectionParameters(host="rabbitmq")).channel()


def on_message(channel, method, properties, body):
    print(body)


if __name__ == "__main__":
    channel.basic_consume("orders", on_message, auto_ack=True)
    channel.start_consuming()
