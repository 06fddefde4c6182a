"""How names are kept and looked up: the same text and key for every way of writing the same Vietnamese name."""

import unicodedata
from dataclasses import fields, replace
from typing import Any, TypeVar

from services.contracts.identity import NewGuardian, NewPupil, NewStaff

Told = TypeVar("Told", NewPupil, NewGuardian, NewStaff)
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng


def composed(told: Told) -> Told:
    """A person as told, every text in composed letters (NFC): Nữ is one word, whoever typed it."""
    given = {field.name: getattr(told, field.name) for field in fields(told)}
    texts = {name: text for name, text in given.items() if type(text) is str}  # a role is none
    kept: dict[str, Any] = {name: unicodedata.normalize("NFC", text) for name, text in texts.items()}
    return replace(told, **kept)


def name_key(name: str) -> str:
    """The name in small letters with single spaces, each syllable's tone after it: hoà and hòa have one key."""
    return " ".join(_syllable(word) for word in unicodedata.normalize("NFD", name).casefold().split())


def _syllable(word: str) -> str:
    tones = "".join(sign for sign in word if sign in TONES)
    return unicodedata.normalize("NFC", "".join(sign for sign in word if sign not in TONES)) + tones
