"""`permq db`: the fleet's database."""

from dataclasses import asdict
from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit, whole_file
from permq.cli.servers import data_option


@click.group(name="db")
def command() -> None:
    """Bring the database to this version, give it roles, save it to a file and bring it back.

    \b
    Example:
      permq db check
      permq db backup pool.backup
    """


@command.command(name="migrate")
@data_option
@options.json_option
def migrate(data: Path | None, as_json: bool) -> None:
    """Apply the migrations that the database lacks; every other command does so too.

    \b
    Example:
      permq db migrate
    """
    from permq.cli.servers import pool_url
    from permq.pool import migrate as schema

    url = pool_url(data)
    before = schema.check(url)
    after = schema.migrate(url)
    done = after.applied - before.applied
    emit(
        {"schema": after.applied, "applied": done},
        as_json=as_json,
        lines=[f"schema {after.applied}: " + (f"{done} applied" if done else "nothing to do")],
    )


@command.command(name="check")
@data_option
@options.json_option
def check(data: Path | None, as_json: bool) -> int:
    """Compare the database's schema with this version's, and change nothing.

    Exit status: 0 when it is current, 1 when migrations are to be applied.

    \b
    Example:
      permq db check
    """
    from permq.cli.servers import pool_url
    from permq.pool.migrate import check as compare

    state = compare(pool_url(data))
    missing = state.known - state.applied
    emit(
        {"schema": state.applied, "known": state.known, "current": state.current},
        as_json=as_json,
        lines=[
            f"schema {state.applied}: "
            + ("current" if state.current else f"{missing} to apply: permq db migrate")
        ],
    )
    return 0 if state.current else 1


@command.command(name="roles")
@data_option
@options.json_option
def make_roles(data: Path | None, as_json: bool) -> None:
    """Make the roles permq_owner, permq_worker and permq_reader, or give them other passwords.

    PERMQ_POSTGRES_URL is an administrator's here. The schema is brought to this version and
    becomes the owner's, who alone migrates, backs up and restores; workers and those who submit
    jobs log in as permq_worker, dashboard, metrics and whoever only looks as permq_reader.

    Passwords are PERMQ_POSTGRES_OWNER_PASSWORD, PERMQ_POSTGRES_WORKER_PASSWORD and
    PERMQ_POSTGRES_READER_PASSWORD, or the same with _FILE or _COMMAND behind: the file that holds
    one, the command that prints one. A role without one keeps what it has. `permq up` does all
    this for its own Postgres.

    \b
    Example:
      PERMQ_POSTGRES_WORKER_PASSWORD_COMMAND="pass show permq/worker" permq db roles
    """
    from contextlib import closing

    from permq.cli.servers import pool_url
    from permq.config import Passwords
    from permq.pool.connection import connect
    from permq.pool.migrate import migrate
    from permq.pool.roles import make

    passwords = Passwords.of_postgres().chosen
    with closing(connect(pool_url(data))) as connection:
        made = make(connection, passwords)
        migrate(connection)
    emit(
        {"roles": [asdict(role) for role in made]},
        as_json=as_json,
        lines=[
            f"{role.name:<14}{'made' if role.made else 'there already':<15}"
            + ("password set" if role.password else "no password given")
            for role in made
        ],
    )


@command.command(name="backup")
@click.argument("file", metavar="FILE", type=options.Destination())
@data_option
@options.json_option
def backup(file: Path, data: Path | None, as_json: bool) -> None:
    """Write everything that the database holds to FILE, as of one moment, while work goes on.

    \b
    Example:
      permq db backup pool.backup
    """
    from permq.cli.servers import connected
    from permq.pool.backup import save

    with connected(data) as connection, whole_file(file) as temporary:
        made = save(connection, temporary)
    size = file.stat().st_size
    emit(
        {
            "path": file,
            "bytes": size,
            "schema": made.schema,
            "made_at": made.made_at,
            "rows": {table.name: table.rows for table in made.tables},
        },
        as_json=as_json,
        lines=[f"{file}: {made.rows:,} rows of {len(made.tables)} tables, {size:,} bytes"],
    )


@command.command(name="restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Give up what the database holds; without it that is refused."
)
@data_option
@options.json_option
def restore(file: Path, replace: bool, data: Path | None, as_json: bool) -> None:
    """Put what FILE holds into the database, all of it or, where anything is wrong, nothing.

    Stop the workers first. Jobs that ran when the backup was made go on from their checkpoints.

    \b
    Example:
      permq db restore pool.backup
      permq db restore pool.backup --replace
    """
    from permq.cli.servers import pool_url
    from permq.pool import backup as backups
    from permq.pool.connection import connect

    connection = connect(pool_url(data))
    try:
        told = backups.restore(connection, file, replace=replace)
    finally:
        connection.close()
    emit(
        {
            "path": file,
            "schema": told.schema,
            "made_at": told.made_at,
            "rows": {table.name: table.rows for table in told.tables},
        },
        as_json=as_json,
        lines=[f"{told.rows:,} rows of {told.made_at} are in the database"],
    )
