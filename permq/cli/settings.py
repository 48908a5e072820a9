"""`permq settings`: what can be changed while the fleet works."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import data_option


@click.group(name="settings")
def command() -> None:
    """Read and change settings of the whole fleet; they hold from the next job or slice on.

    \b
    Example:
      permq settings list
      permq settings set seed.elite 0.25
    """


@command.command(name="get")
@click.argument("key", metavar="[KEY]", required=False)
@data_option
@options.json_option
def get(key: str | None, data: Path | None, as_json: bool) -> None:
    """Show one setting, or all.

    \b
    Example:
      permq settings get seed.elite
    """
    from permq.pool.settings import known

    wanted = None if key is None else known(key).key
    values = _read(data)
    if wanted is not None:
        values = {wanted: values[wanted]}
    lines = (str(value) if key else f"{name} {value}" for name, value in values.items())
    emit(values, as_json=as_json, lines=lines)


@command.command(name="set")
@click.argument("key", metavar="KEY")
@click.argument("value", metavar="VALUE")
@data_option
@options.json_option
def put(key: str, value: str, data: Path | None, as_json: bool) -> None:
    """Change one setting; `default` returns it to its default.

    \b
    Example:
      permq settings set seed.elite 0.25
      permq settings set dispatch.policy default
    """
    from permq.cli.servers import connected
    from permq.pool import settings
    from permq.pool.connection import transaction

    settings.known(key)
    with connected(data) as connection, transaction(connection) as cursor:
        if value == "default":
            settings.reset(cursor, key)
            held = settings.get(cursor, key)
        else:
            held = settings.put(cursor, key, value)
    emit({key: held}, as_json=as_json, lines=[f"{key} {held}"])


@command.command(name="list")
@data_option
@options.json_option
def listing(data: Path | None, as_json: bool) -> None:
    """Show every setting with its value, its default and what it means.

    \b
    Example:
      permq settings list
    """
    from permq.pool.settings import KNOWN

    values = _read(data)
    emit(
        {
            "settings": [
                {
                    "key": key,
                    "value": values[key],
                    "default": setting.default,
                    "help": setting.help,
                }
                for key, setting in KNOWN.items()
            ]
        },
        as_json=as_json,
        lines=_lines(values),
    )


def _read(data: Path | None) -> Mapping[str, object]:
    from permq.cli.servers import connected
    from permq.pool.connection import transaction
    from permq.pool.settings import read

    with connected(data) as connection, transaction(connection) as cursor:
        return read(cursor)


def _lines(values: Mapping[str, object]) -> Iterator[str]:
    from permq.pool.settings import KNOWN

    wide = max(map(len, KNOWN))
    for key, setting in KNOWN.items():
        changed = "" if values[key] == setting.default else f" (default {setting.default})"
        yield f"{key:{wide}}  {values[key]!s:8}{changed}  {setting.help}"
