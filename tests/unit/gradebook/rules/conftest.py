"""Marks written as people do."""

from decimal import Decimal

import pytest


@pytest.fixture
def decimals():
    """A function from "8.5x7 4.0" to seven marks of 8.5 and one of 4.0."""

    def read(text):
        counted = (part.partition("x") for part in text.split())
        return [Decimal(mark) for mark, _, times in counted for _ in range(int(times or 1))]

    return read
