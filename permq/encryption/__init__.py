"""TLS to Redis and Postgres: what an address says of it, and what a refusal means.

Libraries refuse in words that name a line of their source, and one of them, when it is told to
encrypt and nothing else, checks nobody's certificate. So addresses are read here, once for all who
connect, and refusals are told as what to do about them.
"""

from permq.encryption.addresses import RedisAddress, postgres_weakness, redis_address
from permq.encryption.refusals import postgres_refusal, redis_refusal

__all__ = [
    "RedisAddress",
    "postgres_refusal",
    "postgres_weakness",
    "redis_address",
    "redis_refusal",
]
