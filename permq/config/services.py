"""Where the servers are, and what their pages ask for."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from permq.config.addresses import checked, with_password
from permq.config.variables import Variables
from permq.errors import OptionError

POSTGRES_ROLES = ("owner", "worker", "reader")
REDIS_USERS = ("admin", "worker", "flower")


@dataclass(frozen=True)
class ServiceSettings:
    """Where the servers are and where data lies.

    Parameters
    ----------
    postgres_url, redis_url
        `PERMQ_POSTGRES_URL` and `PERMQ_REDIS_URL`; None where nothing is said. Where they hold no
        password, that of `PERMQ_POSTGRES_PASSWORD` and `PERMQ_REDIS_PASSWORD` is put into them.
    data
        Folder of the servers' data, spool and caches, `PERMQ_DATA`; by default the user's data
        directory (`XDG_DATA_HOME`, on macOS `~/Library/Application Support`).
    node
        Name of this node, `PERMQ_NODE`; None where nothing is said.
    """

    postgres_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    data: Path
    node: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "ServiceSettings":
        """Read the settings.

        A file named by `PERMQ_CONFIG` holds lines `NAME=value` of the same names; what stands in
        the environment itself comes first. Addresses and passwords may also come from a file
        (`PERMQ_POSTGRES_PASSWORD_FILE`) or a command (`PERMQ_POSTGRES_PASSWORD_COMMAND`).

        Parameters
        ----------
        environment
            The variables; those of this process by default.

        Raises
        ------
        OptionError
            When a file cannot be read or has a line that is no `NAME=value`, a command fails, or
            an address is none.
        """
        variables = Variables(environment)
        return cls(
            postgres_url=_address(variables, "PERMQ_POSTGRES"),
            redis_url=_address(variables, "PERMQ_REDIS"),
            data=data_folder(environment),
            node=variables.value("PERMQ_NODE"),
        )


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where data lies, without a look at the addresses; see `ServiceSettings`."""
    folder = Variables(environment).value("PERMQ_DATA")
    home = _data_home(os.environ if environment is None else environment)
    try:
        return Path(folder).expanduser() if folder else home / "permq"
    except RuntimeError:
        raise OptionError("PERMQ_DATA: begins with ~, but nobody of this name has a home") from None


@dataclass(frozen=True)
class Passwords:
    """Passwords that somebody has chosen for roles of Postgres or users of Redis.

    Parameters
    ----------
    chosen
        By role; those that are not chosen are left out.
    """

    chosen: Mapping[str, str] = field(repr=False)

    @classmethod
    def of_postgres(cls, environment: Mapping[str, str] | None = None) -> "Passwords":
        """Those of `PERMQ_POSTGRES_OWNER_PASSWORD`, `…_WORKER_…` and `…_READER_…`."""
        return cls._read("PERMQ_POSTGRES", POSTGRES_ROLES, environment)

    @classmethod
    def of_redis(cls, environment: Mapping[str, str] | None = None) -> "Passwords":
        """Those of `PERMQ_REDIS_ADMIN_PASSWORD`, `…_WORKER_…` and `…_FLOWER_…`."""
        return cls._read("PERMQ_REDIS", REDIS_USERS, environment)

    @classmethod
    def _read(
        cls, server: str, names: tuple[str, ...], environment: Mapping[str, str] | None
    ) -> "Passwords":
        variables = Variables(environment)
        found = {name: variables.secret(f"{server}_{name.upper()}_PASSWORD") for name in names}
        return cls({name: word for name, word in found.items() if word is not None})


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
        """Read the settings, in the same ways as those of `ServiceSettings`.

        Raises
        ------
        OptionError
            When a file cannot be read or has a line that is no `NAME=value`, a command fails, or
            Grafana's address is of no web page.
        """
        variables = Variables(environment)
        grafana = variables.value("PERMQ_GRAFANA_URL")
        if grafana is not None and not grafana.startswith(("http://", "https://")):
            raise OptionError("PERMQ_GRAFANA_URL must begin with http:// or https://")
        return cls(
            metrics_password=variables.secret("PERMQ_METRICS_PASSWORD"),
            flower_password=variables.secret("PERMQ_FLOWER_PASSWORD"),
            dashboard_password=variables.secret("PERMQ_DASHBOARD_PASSWORD"),
            grafana_url=grafana,
        )


def _address(variables: Variables, server: str) -> str | None:
    """Address of a server, with its password."""
    url = variables.secret(f"{server}_URL")
    if url is None:
        return None
    password = f"{server}_PASSWORD"
    checked(f"{server}_URL", url, password)
    # asked for only where it is needed: a command may ask somebody for a passphrase
    if with_password(url, "any") == url:
        return url
    return with_password(url, variables.secret(password))


def _data_home(variables: Mapping[str, str]) -> Path:
    """The user's data directory."""
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support"
    home = variables.get("XDG_DATA_HOME", "").strip()
    return Path(home) if home else Path.home() / ".local/share"
