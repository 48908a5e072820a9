"""SQL lives in files, a named query each: `-- name: claim`."""

import re
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_NAME = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)


@cache
def load(name: str) -> MappingProxyType[str, str]:
    """Read the queries of `permq/pool/sql/<name>.sql`.

    Parameters
    ----------
    name
        The file, without its suffix.

    Returns
    -------
    mapping of str to str
        Query by name, as written.

    Raises
    ------
    ValueError
        When a name stands twice.
    """
    text = (files("permq.pool") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    names, queries = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{name}.sql: a query's name stands twice")
    return MappingProxyType(
        {title: query.strip().rstrip(";") for title, query in zip(names, queries, strict=True)}
    )
