"""Roles of least rights in Postgres: who owns the schema, who works with it, who only reads.

Roles belong to a whole server of Postgres and their passwords are secrets, so they are no
migration: an administrator makes them, once for every database. What each may do with the tables
stands in `permq.pool.rights`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg2.extensions
from psycopg2 import sql

from permq.errors import RightsError
from permq.pool.connection import Connection, Cursor, scalar, transaction
from permq.pool.migrate import LOCK, made_by, migrations
from permq.pool.rights import OWNER, READER, ROLES, WORKER, act_as_owner, grant


@dataclass(frozen=True)
class Role:
    """A role as it is now.

    Parameters
    ----------
    name
        In Postgres.
    made
        Whether it was not there before.
    password
        Whether it was given one now.
    """

    name: str
    made: bool
    password: bool


def make(connection: Connection, passwords: Mapping[str, str]) -> list[Role]:
    """Make the three roles and give them this database; again, to give other passwords.

    Parameters
    ----------
    connection
        Of an administrator: a superuser, or the database's owner with the right to create roles.
        Outside a transaction.
    passwords
        By role: `owner`, `worker`, `reader`. A role without one keeps what it has; one that never
        had any logs in by a certificate or not at all.

    Raises
    ------
    RightsError
        When the user may not make roles, or a role of that name may more than it should.
    PoolError
        When Postgres refuses; nothing has changed then.
    """
    with transaction(connection) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        _refuse_others(cursor)
        made = [_make_role(cursor, name, passwords) for name in ROLES]
        _refuse_mighty(cursor)
        _hand_over(cursor)
        act_as_owner(cursor)
        grant(cursor)
    return made


def _refuse_others(cursor: Cursor) -> None:
    cursor.execute("SELECT rolsuper OR rolcreaterole, rolname FROM pg_roles WHERE rolname = user")
    ((may, name),) = cursor.fetchall()
    if not may:
        raise RightsError(
            f"role {name} may not create roles: run `permq db roles` as an administrator of "
            "Postgres (the servers of `permq up` have their roles already)"
        )


def _make_role(cursor: Cursor, name: str, passwords: Mapping[str, str]) -> Role:
    cursor.execute("SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", (name,))
    fresh = bool(scalar(cursor))
    identifier = sql.Identifier(name)
    if fresh:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(identifier))
    password = passwords.get(name.removeprefix("permq_"))
    if password is not None:
        # hashed here: Postgres writes statements that fail into its log
        hashed = psycopg2.extensions.encrypt_password(
            password, name, cursor.connection, "scram-sha-256"
        )
        words = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(identifier, sql.Literal(hashed))
        cursor.execute(words)
    return Role(name, fresh, password is not None)


def _refuse_mighty(cursor: Cursor) -> None:
    """Refuse roles that somebody has given more rights than belong to them."""
    cursor.execute(
        "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) FROM pg_roles r"
        " WHERE rolname = ANY(%s) ORDER BY rolname",
        (list(ROLES),),
    )
    for name, mighty in cursor.fetchall():
        if mighty:
            raise RightsError(
                f"role {name} may more than permq's roles should, or is a member of another: "
                "take that from it (ALTER ROLE, REVOKE), and run `permq db roles` again"
            )


def _hand_over(cursor: Cursor) -> None:
    """Make the schema and what permq has made in it the owner's; let the others in."""
    # who makes a role is its member, but from 16 on not so that he may act as it
    able = "SET" if cursor.connection.server_version >= 16_00_00 else "MEMBER"
    cursor.execute(
        "SELECT current_database(), current_schema(), pg_has_role(%s, %s)", (OWNER, able)
    )
    ((database, schema, member),) = cursor.fetchall()
    if not member:  # no superuser: who gives something to a role must be a member of it
        cursor.execute(_words("GRANT {owner} TO CURRENT_USER"))
    for words in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {owner}, {worker}, {reader}",
        "ALTER SCHEMA {schema} OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {schema} TO {worker}, {reader}",
        # rights say the same; this refuses even what everybody may do
        "ALTER ROLE {reader} IN DATABASE {database} SET default_transaction_read_only = on",
    ):
        cursor.execute(_words(words, database=database, schema=schema))
    for kind, name in _not_the_owners(cursor):
        cursor.execute(_words(f"ALTER {kind} {{name}} OWNER TO {{owner}}", name=name))


def _not_the_owners(cursor: Cursor) -> Sequence[tuple[str, str]]:
    """Kind and name of what permq has made and somebody else owns."""
    made = [*made_by(migrations()), ("TABLE", "migrations")]
    cursor.execute(
        "SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relname::text FROM pg_class"
        " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')"
        "   AND relowner <> %(owner)s::regrole"
        " UNION SELECT 'FUNCTION', proname::text FROM pg_proc"
        " WHERE pronamespace = current_schema()::regnamespace AND proowner <> %(owner)s::regrole",
        {"owner": OWNER},
    )
    return [(kind, name) for kind, name in cursor.fetchall() if (kind, name) in made]


def _words(text: str, **names: str) -> sql.Composed:
    roles = {"owner": OWNER, "worker": WORKER, "reader": READER}
    return sql.SQL(text).format(
        **{word: sql.Identifier(name) for word, name in (roles | names).items()}
    )
