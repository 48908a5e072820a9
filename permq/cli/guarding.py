"""The password of a page that others than this machine could ask for."""

from pathlib import Path

from permq.errors import OptionError


def required_password(
    address: str, file: Path | None, chosen: str | None, variable: str
) -> str | None:
    """Find out what password is asked for; None for none.

    Parameters
    ----------
    address
        Where the page is served.
    file
        What `--password-file` names; goes before the variable.
    chosen, variable
        Password of the environment, and the name of its variable.

    Raises
    ------
    OptionError
        When there is none and others than this machine could ask, or its file is of no use.
    """
    from permq.metrics.server import is_loopback

    password = chosen if file is None else _read(file)
    if password is None and not is_loopback(address):
        raise OptionError(
            f"--address {address}: other machines can reach it, so a password is needed: "
            f"--password-file FILE, or {variable}"
        )
    return password


def _read(file: Path) -> str:
    try:
        password = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise OptionError(f"--password-file {file}: {reason}") from error
    if not password:
        raise OptionError(f"--password-file {file}: empty")
    return password
