"""A file is parsed in a process of its own, and what it costs there is bounded."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.chassis.workbook import Heading, Limits, WorkbookRefused, bounded, faults, read_table
from tests.unit.chassis.workbook_files import xlsx

ROOT = Path(__file__).parents[3]
NAMES = Heading(name="Họ tên")


def names(data: bytes, upper: bool = False) -> list[str]:  # noqa: FBT001, FBT002 - called by name
    """What a reader does: its annotations say what crosses the pipe."""
    found = [str(row["Họ tên"]) for row in read_table(data, [NAMES]).rows]
    return [name.upper() for name in found] if upper else found


def greedy(data: bytes) -> int:
    return len(data * 10**9)


def endless(data: bytes) -> int:
    while data:
        pass
    return 0


def sleepy(data: bytes) -> int:
    time.sleep(600)
    return len(data)


def broken(data: bytes) -> int:
    raise KeyError(data.decode())


def writing(data: bytes) -> int:
    return Path(data.decode()).write_bytes(b"something")


def talkative(data: bytes) -> int:
    print("Nguyễn Văn An")  # noqa: T201 - as a library might
    return len(data)


def refused(function, data=b"x", **options):
    with pytest.raises(WorkbookRefused) as refusal:
        bounded(function, data, **options)
    return [problem.reason_code for problem in refusal.value.problems]


def test_the_answer_comes_back_as_the_type_that_the_reader_declares():
    data = xlsx([["Họ tên"], ["An"], ["Bình"]])

    assert bounded(names, data) == ["An", "Bình"]
    assert bounded(names, data, upper=True) == ["AN", "BÌNH"]


def test_what_a_reader_prints_is_no_part_of_its_answer():
    assert bounded(talkative, b"xyz") == 3


def test_a_refusal_comes_back_with_its_problems():
    assert refused(names, xlsx([["Lớp"], ["6A"]])) == ["missing_heading"]


def test_a_reader_that_wants_too_much_memory_is_stopped():
    assert refused(greedy) == ["too_heavy"]


def test_a_reader_that_never_ends_is_stopped_by_processor_time():
    assert refused(endless, limits=Limits(processor_seconds=1)) == ["too_heavy"]


def test_a_reader_that_waits_for_ever_is_stopped_by_the_clock():
    assert refused(sleepy, limits=Limits(seconds=1)) == ["too_heavy"]


def test_a_reader_that_fails_refuses_the_file_and_keeps_its_content_out_of_the_log(capfd):
    assert refused(broken, "Nguyễn Văn An".encode()) == ["reader_failed"]
    assert "Nguyễn" not in "".join(capfd.readouterr())


def test_a_reader_can_write_nothing_to_a_file(tmp_path):
    path = tmp_path / "left-behind"

    assert refused(writing, str(path).encode()) == ["reader_failed"]
    assert path.read_bytes() == b""


def test_a_file_beyond_the_limit_never_reaches_a_process():
    assert refused(names, bytes(11), limits=Limits(most_bytes=10)) == ["too_large"]


def test_reading_the_largest_honest_file_stays_below_three_hundred_mebibytes():
    rows = [["Họ tên"], *([f"Nguyễn Thị Hồng Ánh {number}"] for number in range(120_000))]
    data = xlsx(rows)

    assert len(data) > faults.MIB
    assert len(bounded(names, data)) == 120_000


GREEN = """
import eventlet
eventlet.monkey_patch()
from eventlet import tpool
from services.chassis.workbook import bounded
from tests.unit.chassis.test_workbook_bounded import names
from tests.unit.chassis.workbook_files import xlsx
data = xlsx([["Họ tên"], ["An"]])
waiting = [eventlet.spawn(tpool.execute, bounded, names, data) for _ in range(3)]
print([thread.wait() for thread in waiting], bounded(names, data))
"""


def test_it_works_in_a_process_that_eventlet_has_patched():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout.strip() == "[['An'], ['An'], ['An']] ['An']"
