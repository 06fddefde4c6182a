"""How a name is looked up: the same key for every way of writing the same Vietnamese name."""

import unicodedata

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng


def name_key(name: str) -> str:
    """The name in small letters with single spaces, each syllable's tone after it: hoà and hòa have one key."""
    return " ".join(_syllable(word) for word in unicodedata.normalize("NFD", name).casefold().split())


def _syllable(word: str) -> str:
    tones = "".join(sign for sign in word if sign in TONES)
    return unicodedata.normalize("NFC", "".join(sign for sign in word if sign not in TONES)) + tones
