"""The one way this law rounds: decimal, half up, to one place."""

from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def half_up(value: Decimal) -> Decimal:
    """``value`` to one decimal, a half going up: 8.25 → 8.3, 6.45 → 6.5."""
    return value.quantize(TENTH, ROUND_HALF_UP)
