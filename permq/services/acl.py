"""Users of Redis with least rights: what Celery's messages need, and nothing else.

Found by watching a fleet at work (`MONITOR`, `ACL LOG`) and kombu's Redis transport. Scripts are
among it, since kombu keeps its bindings by two and a lock by a third; whatever a script does, its
user must be allowed to do. `ops/redis/users.acl` is the same for a Redis of one's own.
"""

import hashlib
from collections.abc import Mapping

ADMIN, WORKER, FLOWER = "admin", "worker", "flower"

# a subscription by pattern must be allowed word for word, so the database stands in it
_CHANNELS = "&/0.celery.pidbox &/0.celeryev/*"
_COMMON = "~_kombu.binding* ~*celery.pidbox* ~celeryev.*"
_CONNECTION = "+ping +select +client|setname +client|setinfo"
_COMMANDS = (
    f"{_CONNECTION} +multi +exec +discard +watch +unwatch "
    "+lpush +rpush +rpop +brpop +llen +del +exists +pexpire "
    "+sadd +srem +smembers +hset +hget +hdel +zadd +zrem +zrange +zrangebyscore "
    "+set +get +time +evalsha +script|load +script|exists "
    "+publish +psubscribe +punsubscribe"
)

RULES: Mapping[str, str] = {
    ADMIN: "~* &* +@all",
    # queues of nodes, and what they have fetched and not yet finished
    WORKER: f"~node.* ~unacked* {_COMMON} {_CHANNELS} {_COMMANDS}",
    # counts queues, asks workers and hears them; it puts nothing into a node's queue
    FLOWER: f"%R~node.* ~unacked ~unacked_index ~unacked_mutex {_COMMON} {_CHANNELS} {_COMMANDS}",
}
"""What each user may do: keys, channels, commands. Nobody may log in as `default`."""


def users(passwords: Mapping[str, str]) -> list[str]:
    """Lines of a configuration that make the users.

    Parameters
    ----------
    passwords
        Of every user; the lines hold their hashes.
    """
    lines = [
        f"user {name} reset on #{hashlib.sha256(passwords[name].encode()).hexdigest()} {rules}"
        for name, rules in RULES.items()
    ]
    return ["user default reset off", *lines]
