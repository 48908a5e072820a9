"""Python's own numbers for the driver, which cannot write numpy's."""

from collections.abc import Mapping, Sequence
from typing import Any


def native(value: Any) -> Any:
    """Turn numpy scalars and arrays, nested in sequences and mappings, into Python's values.

    psycopg2 refuses most numpy numbers, and writes a `np.float64` as a piece of SQL.

    Parameters
    ----------
    value
        What is to be handed to the driver.

    Returns
    -------
    object
        The same in Python's own types; tuples become lists, what is no numpy value stays.
    """
    if isinstance(value, str):
        return str(value)  # numpy's texts are texts too
    if isinstance(value, bytes) or value is None:
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): native(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [native(item) for item in value]
    return value
