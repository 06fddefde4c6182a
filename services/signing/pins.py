"""Tries at a PIN: each is counted before it is made, forgotten after the right one, and the last wrong one blocks."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.service import Outside
from services.signing import keyring
from services.signing.errors import KeyBlocked, PinWrong
from services.signing.keys import WrongPin
from services.signing.providers import Key

LEAST_PIN = 6
MAX_PIN_FAILURES = 5


@contextmanager
def trying(outside: Outside, key: Key) -> Iterator[None]:
    """Around the try itself: what fails for another reason than the PIN is not counted against it.

    KeyBlocked before it where there were too many; PinWrong after a wrong one.
    """
    number = _count(outside, key)
    try:
        yield
    except WrongPin as error:
        raise PinWrong(left=MAX_PIN_FAILURES - number) from error
    except BaseException:
        with outside.db.transaction() as tx:
            keyring.take_back_pin_try(tx, key.id)
        raise
    with outside.db.transaction() as tx:
        keyring.forget_pin_tries(tx, key.id)


def _count(outside: Outside, key: Key) -> int:
    """The number of this try, counted in a transaction of its own, or a refusal would undo the count."""
    with outside.db.transaction() as tx:
        number = keyring.count_pin_try(tx, key.id, MAX_PIN_FAILURES)
    if number is None:
        raise KeyBlocked
    return number
