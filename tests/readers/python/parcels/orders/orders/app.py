import os

import pika
import psycopg2
import requests
from flask import Flask

app = Flask(__name__)
session = requests.Session()


@app.route("/orders", methods=["POST"])
def create():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    session.get(os.environ["TARIFFS_URL"] + "/price", timeout=1)
    channel = pika.BlockingConnection(pika.ConnectionParameters(host="rabbitmq")).channel()
    channel.basic_publish("", "orders", b"{}")
    return "", 201
