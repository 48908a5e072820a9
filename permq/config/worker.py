"""How a node's worker works, and what its processes are told by their environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from permq.config.services import ServiceSettings
from permq.errors import OptionError

WORK_CLASSES = ("heavy", "light", "render", "gpu")


@dataclass(frozen=True)
class WorkerSettings:
    """How a node's worker works.

    Parameters
    ----------
    classes
        Work classes it takes, `PERMQ_CLASSES` (`heavy,light`); all by default.
    weight
        Preference among equals, `PERMQ_WEIGHT`.
    log_format
        `text` or `json`, `PERMQ_LOG_FORMAT`.
    """

    classes: tuple[str, ...] = WORK_CLASSES
    weight: float = 1.0
    log_format: str = "text"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "WorkerSettings":
        """Read the settings.

        Raises
        ------
        OptionError
            When a variable holds something it cannot mean.
        """
        variables = os.environ if environment is None else environment
        words = [word.strip() for word in variables.get("PERMQ_CLASSES", "").split(",")]
        classes = tuple(word for word in words if word) or WORK_CLASSES
        if not set(classes) <= set(WORK_CLASSES):
            raise OptionError(
                f"PERMQ_CLASSES must be some of {', '.join(WORK_CLASSES)}, got {','.join(classes)}"
            )
        text = variables.get("PERMQ_WEIGHT", "").strip() or "1"
        try:
            weight = float(text)
        except ValueError:
            weight = 0.0
        if not 0 < weight < float("inf"):
            raise OptionError(f"PERMQ_WEIGHT must be a number above 0, got {text!r}")
        log_format = variables.get("PERMQ_LOG_FORMAT", "").strip() or "text"
        if log_format not in {"text", "json"}:
            raise OptionError(f"PERMQ_LOG_FORMAT must be text or json, got {log_format!r}")
        return cls(classes, weight, log_format)


def prepare_worker(settings: WorkerSettings) -> None:
    """Tell the processes that a node's worker will start how to work."""
    os.environ["PERMQ_CLASSES"] = ",".join(settings.classes)
    os.environ["PERMQ_WEIGHT"] = str(settings.weight)
    os.environ["PERMQ_LOG_FORMAT"] = settings.log_format


def prepare_node(settings: ServiceSettings, node: str) -> None:
    """Tell the processes that a node's worker will start who they are and where the servers are.

    Parameters
    ----------
    settings
        Addresses and data folder.
    node
        Name of the node.
    """
    os.environ["PERMQ_NODE"] = node
    os.environ["PERMQ_DATA"] = str(settings.data)
    for name, url in (
        ("PERMQ_POSTGRES_URL", settings.postgres_url),
        ("PERMQ_REDIS_URL", settings.redis_url),
    ):
        if url is not None:
            os.environ[name] = url


def child_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process to be started: this one's, and what it is given besides.

    Addresses and passwords of servers are not handed down: a process knows those that it needs.

    Parameters
    ----------
    variables
        What to add or to replace.
    """
    servers = ("PERMQ_POSTGRES_", "PERMQ_REDIS_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(servers)}
    return {**kept, **variables}
