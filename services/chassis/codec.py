"""Contracts to plain data and back: JSON-ready values out, checked and typed values in."""

import hashlib
import typing
from typing import Any, TypeVar

import msgspec

from services.chassis.errors import Invalid

T = TypeVar("T")


def encode(value: Any) -> Any:
    """Plain data (dict, list, str, int, bool, None) of a contract value; Decimal, UUID and times become text."""
    return msgspec.to_builtins(value)


def decode(shape: type[T], data: Any, *, strict: bool = True) -> T:
    """The contract value in `data`, unknown fields ignored; Invalid names the place that does not fit.

    Not strict, numbers and truths may be written as text, as they are in an address.
    """
    try:
        return msgspec.convert(data, shape, strict=strict)
    except msgspec.ValidationError as error:
        raise Invalid(reason=str(error)) from error


def to_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def from_json(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise Invalid(reason=str(error)) from error


def digest(value: Any) -> str:
    """SHA-256 of the value's JSON with sorted keys, in hex: the same request gives the same digest."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def answer_of(request: type[Any]) -> Any:
    """The type of answer that a request's class names: `SaveColumn(Command[ColumnSaved])` gives ColumnSaved."""
    return typing.get_args(request.__orig_bases__[0])[0]
