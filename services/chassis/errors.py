"""The five families of refusal, and how they cross the wire: as a stable code with fields, never as a Python class."""

import inspect
from typing import Any, ClassVar


class Problem(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """Something failed inside; the operator finds it in the log by its trace id."""

    status: ClassVar[int] = 500
    code: str = "internal"
    vi: str = "Có lỗi bên trong hệ thống; người vận hành tra được theo mã vết."
    en: str = ""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        self.en = inspect.cleandoc(type(self).__doc__ or "").format_map(_Known(fields))
        self.vi = type(self).vi.format_map(_Known(fields))
        super().__init__(f"{self.code}: {self.en}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (from_wire, (to_wire(self),))


class Invalid(Problem):
    """The request is not well formed: {reason}."""

    status = 400
    code = "invalid"
    vi = "Yêu cầu không đúng dạng: {reason}."


class Forbidden(Problem):
    """You may see this but not do this."""

    status = 403
    code = "forbidden"
    vi = "Bạn không có quyền làm việc này."


class NotFound(Problem):
    """There is no such thing, or it is not yours to know of."""

    status = 404
    code = "not_found"
    vi = "Không có, hoặc không thuộc phạm vi bạn được biết."


class Refused(Problem):
    """A rule says no."""

    status = 409
    code = "refused"
    vi = "Quy định không cho phép."


class Unavailable(Problem):
    """A part of the platform does not answer now; nothing was lost, try again in a moment."""

    status = 503
    code = "unavailable"
    vi = "Một bộ phận của hệ thống tạm thời chưa trả lời; không mất gì, xin thử lại sau ít phút."


class Unauthenticated(Problem):
    """Log in first: the access token is missing, expired or not ours."""

    status = 401
    code = "unauthenticated"
    vi = "Xin đăng nhập: thẻ truy cập thiếu, hết hạn hoặc không phải của hệ thống."


FAMILIES: dict[str, type[Problem]] = {
    family.__name__: family for family in (Problem, Invalid, Forbidden, NotFound, Refused, Unavailable, Unauthenticated)
}


def to_wire(problem: Problem) -> dict[str, Any]:
    """The problem as plain data: family, code, both texts and the fields (which must be plain data already)."""
    family = next(base.__name__ for base in type(problem).__mro__ if base.__name__ in FAMILIES)
    return {
        "family": family,
        "code": problem.code,
        "vi": problem.vi,
        "en": problem.en,
        "fields": {name: _plain(value) for name, value in problem.fields.items()},
    }


def from_wire(wire: dict[str, Any]) -> Problem:
    """The problem that another process sent, as an instance of its family."""
    problem = FAMILIES.get(wire["family"], Problem)(**wire["fields"])
    problem.code, problem.vi, problem.en = wire["code"], wire["vi"], wire["en"]
    problem.args = (f"{problem.code}: {problem.en}",)
    return problem


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"
