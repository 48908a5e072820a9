"""What the description of a tensor says: where its numbers lie, and in which shape."""

from typing import NamedTuple

from permq.core.files import UnreadableError

MAX_DIMENSIONS = 8


class Storage(NamedTuple):
    """A flat array that the file holds elsewhere."""

    kind: str  # such as FloatStorage
    key: str
    numbers: int


class TensorRecord(NamedTuple):
    """A strided view of a storage; offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def whole(value: object) -> int:
    """Check that a value is a whole number that can be a size.

    Raises
    ------
    TypeError
        When it is not.
    """
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise TypeError
    return value


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or len(value) > MAX_DIMENSIONS:
        raise TypeError
    return tuple(whole(size) for size in value)


def tensor_record(
    storage: object, offset: object, shape: object, strides: object, *_: object
) -> TensorRecord:
    """Check the arguments of `torch._utils._rebuild_tensor_v2`.

    Raises
    ------
    TypeError
        When they are of other kinds.
    UnreadableError
        When the tensor reaches beyond its storage or repeats elements of it.
    """
    if not isinstance(storage, Storage):
        raise TypeError
    record = TensorRecord(storage, whole(offset), _sizes(shape), _sizes(strides))
    if len(record.shape) != len(record.strides):
        raise TypeError
    elements, last = 1, record.offset
    for size, stride in zip(record.shape, record.strides, strict=True):
        elements *= size
        last += (size - 1) * stride
    # views that repeat elements are refused too: they could stand for terabytes
    if elements > storage.numbers or (elements and last >= storage.numbers):
        raise UnreadableError(f"damaged: a tensor of shape {record.shape} exceeds its storage")
    return record
