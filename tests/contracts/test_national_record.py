"""The shape of what leaves for the national database is published, and keeps what it says."""

import json
from pathlib import Path

import msgspec
import pytest

from services.contracts.gradebook.exchange import NationalResultV1

SCHEMA = Path(__file__).parents[2] / "docs" / "exchange" / "ket-qua-hoc-tap.v1.schema.json"
RECORD = {
    "idbanghi": "00000000-0000-0000-0000-000000000001",
    "sukien": "NEW",
    "phienban": 1,
    "thoigiancapnhat": "2026-01-10T08:00:00Z",
    "manhomcaphoc": "03",
    "matruong": "00100001",
    "mahocsinh": "0012345678",
    "namhoc": "2025-2026",
    "ketquahoctap": {
        "hocky": "1",
        "mahocluc": 1,
        "mahanhkiem": 1,
        "madanhhieu": None,
        "songaynghi": 0,
        "nhanxet": "",
        "colenlop": None,
        "corenluyenlai": None,
    },
    "diemmon": [{"mamonhoc": "TOAN", "diem": "8.3"}],
}


def test_the_published_schema_is_that_of_the_records():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == msgspec.json.schema(NationalResultV1)


def test_a_record_of_the_dictionary_passes():
    assert msgspec.convert(RECORD, NationalResultV1).diemmon[0].diem == "8.3"


@pytest.mark.parametrize(
    "wrong",
    [
        {"phienban": 0},
        {"sukien": "DELETE"},
        {"manhomcaphoc": "01"},
        {"matruong": ""},
        {"namhoc": "2025"},
        {"diemmon": [{"mamonhoc": "TOAN", "diem": "8.25"}]},
        {"diemmon": [{"mamonhoc": "TOAN", "diem": "11"}]},
        {"ketquahoctap": RECORD["ketquahoctap"] | {"mahocluc": 5}},
        {"ketquahoctap": RECORD["ketquahoctap"] | {"songaynghi": -1}},
    ],
    ids=str,
)
def test_what_the_dictionary_does_not_know_does_not_leave(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(RECORD | wrong, NationalResultV1)
