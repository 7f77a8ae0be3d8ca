FROM registry.parcels.example/base/python:${BASE_TAG}
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["celery", "-A", "mailer", "worker", "--concurrency=8", "-P", "gevent"]
