import pytest


@pytest.fixture
def app():
    from tickets.main import app

    return app
