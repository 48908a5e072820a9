"""Rows as JSON that every browser reads."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Rows, arrays and times as what JSON knows.

    Parameters
    ----------
    value
        Named tuples and dataclasses become objects, times their ISO text, and numbers that are
        not finite null: JSON has none.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return plain(float(value))
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(entry) for key, entry in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict())
        case Sequence():
            return [plain(entry) for entry in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def encode(value: Any) -> bytes:
    """A value as JSON text in UTF-8."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()
