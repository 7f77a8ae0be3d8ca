import psycopg2
from flask import Flask

app = Flask(__name__)


@app.route("/price")
def price():
    psycopg2.connect("dbname=tariffs")
    return "1"
