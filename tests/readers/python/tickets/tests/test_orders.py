import requests


def test_an_order_is_taken(app):
    requests.post("https://payments.fake-provider.io/v1", json={})
