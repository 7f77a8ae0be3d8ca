try:
    from elasticsearch import Elasticsearch
except ImportError:
    Elasticsearch = None


def client():
    return Elasticsearch("http://search:9200")
