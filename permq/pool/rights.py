"""What the roles of Postgres may do with the schema's tables; `permq.pool.roles` makes the roles.

The owner alone changes the schema and may empty tables. Workers, and whoever submits jobs or
inserts solutions, have the worker's role: it takes nothing away but checkpoints and settings, and
does not read what only a judge may know. The reader's is that of pages and metrics.

Rights are given anew with every migration, which may have made a table anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2 import sql

from permq.errors import RightsError
from permq.pool.connection import Cursor, scalar

OWNER, WORKER, READER = ROLES = ("permq_owner", "permq_worker", "permq_reader")


@dataclass(frozen=True)
class Rights:
    """What the worker's role may do with a table besides reading it.

    Parameters
    ----------
    insert, delete
        Whether rows may be added and taken away.
    update
        Columns that may be changed; None for all but `fixed`.
    fixed
        Columns that stay as they were inserted.
    read
        Whether rows may be read.
    """

    insert: bool = True
    delete: bool = False
    update: tuple[str, ...] | None = ()
    fixed: tuple[str, ...] = ()
    read: bool = True


RIGHTS: Mapping[str, Rights] = {
    "migrations": Rights(insert=False),
    "puzzles": Rights(update=("name", "activation", "answer_sha256", "content", "solved_at")),
    "nodes": Rights(update=None, fixed=("id", "name")),
    # rows are locked, which needs the right to change something: this number cannot be chosen
    "submissions": Rights(update=("id",)),
    "jobs": Rights(
        update=None,
        fixed=(
            *("id", "submission_id", "puzzle_id", "kind", "work_class", "params", "seed"),
            *("identity", "requested_node", "time_limit", "created_at", "code_version"),
        ),
    ),
    "edges": Rights(),
    "slices": Rights(),
    "checkpoints": Rights(delete=True, update=None, fixed=("job_id",)),
    "solutions": Rights(update=("match", "solved")),  # once the answer's hash becomes known
    "discoveries": Rights(),
    "settings": Rights(delete=True, update=("value", "changed_at")),
    "logs": Rights(),
    "dead_letters": Rights(read=False),
    "incoming": Rights(update=("state", "reason")),
    "js_puzzle_pool": Rights(),
    "js_puzzle_config": Rights(update=("key", "value")),
    "artifacts": Rights(update=("content", "made_at")),
    "probes": Rights(),
    "snapshots": Rights(),
    "embeddings": Rights(),
    "trainings": Rights(update=("content",)),
    "regimes": Rights(),
    "benches": Rights(),
    "runs": Rights(update=None, fixed=("id", "bench_id", "submission_id", "solver", "puzzle_id")),
    "reports": Rights(),
    "job_tallies": Rights(insert=False),
    "care": Rights(insert=False, update=("done_at",)),
    "twins": Rights(update=None, fixed=("puzzle_id",)),
}
"""What the worker's role may do with every table and view."""

HIDDEN: Mapping[str, tuple[str, ...]] = {"regimes": ("answer",)}
"""Columns for the owner alone: known to the judge of a benchmark, never to a solver."""

SEQUENCES = ("jobs_id_seq",)
"""Sequences that are asked for numbers in so many words."""

FUNCTIONS = ("fold_tallies",)
"""Functions that act as the owner, for workers alone; others only give what they are asked."""

_LACKING = """
SELECT w.word || ' on ' || w.name
FROM unnest(%(words)s::text[], %(names)s::text[]) AS w (word, name)
WHERE to_regclass(w.name) IS NOT NULL AND NOT CASE
    WHEN w.word = 'DELETE' THEN has_table_privilege(w.name, w.word)
    ELSE has_any_column_privilege(w.name, w.word) END
"""


def has_roles(cursor: Cursor) -> bool:
    """Whether the database is one whose schema belongs to the owner's role."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner "
        "WHERE n.nspname = current_schema() AND r.rolname = %s)",
        (OWNER,),
    )
    return bool(scalar(cursor))


def act_as_owner(cursor: Cursor) -> None:
    """Make what the transaction creates the owner's, whoever began it; nothing without roles."""
    if has_roles(cursor):
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))


def grant(cursor: Cursor) -> None:
    """Give workers and readers their rights on all tables, and no others; nothing without roles.

    The transaction acts as the owner.
    """
    if not has_roles(cursor):
        return
    # SELECT for the reader alone: what a worker may do with a new table stands above
    cursor.execute(_words("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {reader}"))
    for name, rights in RIGHTS.items():
        cursor.execute(
            "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            (name,),
        )
        columns = scalar(cursor)
        if columns is not None:
            _grant_table(cursor, name, rights, columns)
    for name in SEQUENCES:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (name,))
        if scalar(cursor):
            cursor.execute(_words("GRANT USAGE ON SEQUENCE {name} TO {worker}", name))
    for name in FUNCTIONS:
        cursor.execute("SELECT to_regproc(%s) IS NOT NULL", (name,))
        if scalar(cursor):
            cursor.execute(_words("REVOKE ALL ON FUNCTION {name} FROM PUBLIC, {reader}", name))
            cursor.execute(_words("GRANT EXECUTE ON FUNCTION {name} TO {worker}", name))


def lacking(cursor: Cursor) -> list[str]:
    """Rights of a worker that the connected role has not, such as `INSERT on jobs`."""
    wanted = [
        (word, name)
        for name, rights in RIGHTS.items()
        for word, needed in (
            ("SELECT", rights.read),
            ("INSERT", rights.insert),
            ("UPDATE", rights.update != ()),
            ("DELETE", rights.delete),
        )
        if needed
    ]
    words, names = (list(column) for column in zip(*wanted, strict=True))
    cursor.execute(_LACKING, {"words": words, "names": names})
    return [told for (told,) in cursor.fetchall()]


def require_rights(cursor: Cursor) -> None:
    """Refuse a role that may not do a worker's work, before it begins.

    Raises
    ------
    RightsError
        When it lacks a right; the text names the role and the right.
    """
    if missing := lacking(cursor):
        more = f" and {len(missing) - 1} more rights" if len(missing) > 1 else ""
        raise RightsError(
            f"role {cursor.connection.info.user} lacks {missing[0]}{more}, which a worker needs: "
            f"log in as {WORKER}, or let `permq db roles` give rights anew"
        )


def _grant_table(cursor: Cursor, name: str, rights: Rights, columns: list[str]) -> None:
    cursor.execute(_words("REVOKE ALL ON {name} FROM PUBLIC, {worker}, {reader}", name))
    hidden = HIDDEN.get(name, ())
    seen = [column for column in columns if column not in hidden] if hidden else []
    for role, reads in (("worker", rights.read), ("reader", True)):
        if reads:
            cursor.execute(
                _words(f"GRANT SELECT {{columns}} ON {{name}} TO {{{role}}}", name, seen)
            )
    if rights.insert:
        cursor.execute(_words("GRANT INSERT ON {name} TO {worker}", name))
    if rights.delete:
        cursor.execute(_words("GRANT DELETE ON {name} TO {worker}", name))
    changed = rights.update
    if changed is None:
        changed = tuple(column for column in columns if column not in rights.fixed)
    # a column that a later migration makes is missing until then
    changed = tuple(column for column in changed if column in columns)
    if changed:
        cursor.execute(_words("GRANT UPDATE {columns} ON {name} TO {worker}", name, changed))


def _words(text: str, name: str = "", columns: "list[str] | tuple[str, ...]" = ()) -> sql.Composed:
    listed = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    return sql.SQL(text).format(
        name=sql.Identifier(name),
        columns=listed if columns else sql.SQL(""),
        worker=sql.Identifier(WORKER),
        reader=sql.Identifier(READER),
    )
