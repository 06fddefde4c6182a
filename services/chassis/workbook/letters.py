"""Vietnamese letters however they were typed: repaired for keeping, and made alike for comparing."""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
TONES = "\u0300\u0301\u0303\u0309\u0323"
SHAPES = "\u0302\u0306\u031b"  # circumflex, breve and horn make another letter
TONE_BEFORE_SHAPE = re.compile(f"([{TONES}])([{SHAPES}])")
LOOSE_MARK = re.compile("[\u0300-\u036f]")
STROKED_D = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ", "\u0256": "đ"})


def repaired(text: str) -> str:
    """The text in composed letters (NFC), also where a tone was typed before the hat, and with nothing invisible."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    if not LOOSE_MARK.search(composed):
        return composed
    return unicodedata.normalize("NFC", TONE_BEFORE_SHAPE.sub(r"\2\1", unicodedata.normalize("NFD", composed)))


@lru_cache(maxsize=65536)
def spelling_key(text: str) -> str:
    """Equal for spellings of one text: case, spaces, Đ or Ð, and where the tone stands (hòa and hoà, thủy and thuỷ)."""
    plain = repaired(text).translate(STROKED_D).casefold()
    return " ".join(map(_syllable_key, plain.split()))


def _syllable_key(syllable: str) -> str:
    if syllable.isascii():
        return syllable
    apart = unicodedata.normalize("NFD", syllable)
    tones = "".join(letter for letter in apart if letter in TONES)
    return "".join(letter for letter in apart if letter not in TONES) + tones
