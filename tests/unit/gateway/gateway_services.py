"""Services that say what a test tells them to, and samples of their contracts."""

import dataclasses
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

from services.chassis.codec import answer_of

ID = UUID("01890000-0000-7000-8000-000000000001")
SAMPLES = {
    UUID: ID,
    str: "000",
    bytes: b"000",
    int: 1,
    bool: True,
    date: date(2012, 9, 5),
    datetime: datetime(2026, 5, 30, 1, 2, 3, tzinfo=UTC),
}


def example(shape, **known):
    """A value of a contract's type, with what is known about it in place of samples."""
    if shape in SAMPLES:
        return SAMPLES[shape]
    if typing.get_origin(shape) in (tuple, dict):
        return typing.get_origin(shape)()
    if isinstance(shape, types.UnionType):
        return None
    if isinstance(shape, type) and issubclass(shape, Enum):
        return next(iter(shape))
    hints = typing.get_type_hints(shape)
    fields = {field.name: example(hints[field.name]) for field in dataclasses.fields(shape) if field.name not in known}
    return shape(**fields | known)


class Services:
    """Stands for the services: remembers what they were asked, answers as told, else with a sample."""

    def __init__(self):
        self.calls = []
        self.answers = {}

    def tell(self, shape, answer):
        """Answer requests of the shape so; an exception is raised, a function is asked."""
        self.answers[shape] = answer

    def call(self, request, *, token=None, key=None, timeout=None):  # noqa: ARG002 - a client's call
        self.calls.append((request, token, key))
        answer = self.answers.get(type(request))
        if isinstance(answer, BaseException):
            raise answer
        return answer if answer is not None else example(answer_of(type(request)))

    def is_connected(self):
        return True

    @property
    def asked(self):
        """The requests, without the question who is acting."""
        return [request for request, _, _ in self.calls]


def form(content, name="lop6a.xlsx"):
    """What a browser sends of a form with a file."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return {"data": head.encode() + content + b"\r\n--edge--\r\n", "content_type": "multipart/form-data; boundary=edge"}
