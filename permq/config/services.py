"""Where the servers are, and what their pages ask for."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from permq.errors import OptionError


@dataclass(frozen=True)
class ServiceSettings:
    """Where the servers are and where data lies; secrets stand in the environment or a file.

    Parameters
    ----------
    postgres_url, redis_url
        `PERMQ_POSTGRES_URL` and `PERMQ_REDIS_URL`; None where nothing is said.
    data
        Folder of the servers' data, spool and caches, `PERMQ_DATA`; by default the user's data
        directory (`XDG_DATA_HOME`, on macOS `~/Library/Application Support`).
    node
        Name of this node, `PERMQ_NODE`; None where nothing is said.
    """

    postgres_url: str | None
    redis_url: str | None
    data: Path
    node: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "ServiceSettings":
        """Read the settings.

        A file named by `PERMQ_CONFIG` holds lines `NAME=value` of the same names; what stands in
        the environment itself comes first.

        Parameters
        ----------
        environment
            The variables; those of this process by default.

        Raises
        ------
        OptionError
            When the file cannot be read or has a line that is no `NAME=value`.
        """
        variables = os.environ if environment is None else environment
        value = _values(variables)
        folder = value("PERMQ_DATA")
        return cls(
            postgres_url=value("PERMQ_POSTGRES_URL"),
            redis_url=value("PERMQ_REDIS_URL"),
            data=Path(folder).expanduser() if folder else _data_home(variables) / "permq",
            node=value("PERMQ_NODE"),
        )


@dataclass(frozen=True)
class WatchSettings:
    """Passwords and addresses of the pages that show a fleet; None where nothing is said.

    Parameters
    ----------
    metrics_password
        Of the exporter, `PERMQ_METRICS_PASSWORD`.
    flower_password
        Of Flower, `PERMQ_FLOWER_PASSWORD`.
    dashboard_password
        Of the dashboard, `PERMQ_DASHBOARD_PASSWORD`.
    grafana_url
        Where Grafana is, `PERMQ_GRAFANA_URL`; the dashboard leads there.
    """

    metrics_password: str | None = field(default=None, repr=False)
    flower_password: str | None = field(default=None, repr=False)
    dashboard_password: str | None = field(default=None, repr=False)
    grafana_url: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "WatchSettings":
        """Read the settings, like those of `ServiceSettings` also from the file of `PERMQ_CONFIG`.

        Raises
        ------
        OptionError
            When the file cannot be read or has a line that is no `NAME=value`, or Grafana's
            address is of no web page.
        """
        value = _values(os.environ if environment is None else environment)
        grafana = value("PERMQ_GRAFANA_URL")
        if grafana is not None and not grafana.startswith(("http://", "https://")):
            raise OptionError("PERMQ_GRAFANA_URL must begin with http:// or https://")
        return cls(
            metrics_password=value("PERMQ_METRICS_PASSWORD"),
            flower_password=value("PERMQ_FLOWER_PASSWORD"),
            dashboard_password=value("PERMQ_DASHBOARD_PASSWORD"),
            grafana_url=grafana,
        )


def _values(variables: Mapping[str, str]) -> Callable[[str], str | None]:
    """What stands under a name in the environment, or else in the file of `PERMQ_CONFIG`."""
    named = variables.get("PERMQ_CONFIG", "").strip()
    saved = _read_assignments(Path(named)) if named else {}
    return lambda name: variables.get(name, "").strip() or saved.get(name) or None


def _data_home(variables: Mapping[str, str]) -> Path:
    """The user's data directory."""
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support"
    home = variables.get("XDG_DATA_HOME", "").strip()
    return Path(home) if home else Path.home() / ".local/share"


def _read_assignments(path: Path) -> dict[str, str]:
    """Lines `NAME=value`; empty lines and those beginning with # are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"PERMQ_CONFIG: {path} cannot be read: {error}") from None
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()):
            # the line itself may hold a password
            raise OptionError(f"PERMQ_CONFIG: {path}, line {number}: not of the form NAME=value")
        found[name] = value.strip().strip("\"'")
    return found
