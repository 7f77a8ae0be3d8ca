import redis


def cache():
    return redis.Redis(host="cache")
