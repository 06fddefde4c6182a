"""The process in which a spreadsheet is parsed: `python -m services.chassis.workbook.child MODULE FUNCTION LIMITS…`.

It limits itself before it reads a byte, answers on its standard output, and can write no file.
"""

import resource
import sys
from importlib import import_module
from typing import Any, get_type_hints

import msgspec

PROTOCOL_BYTES = 4  # that hold the length of the arguments, which go before the data


def limit(memory_bytes: int, processor_seconds: int) -> None:
    """From here on more memory or time ends the process; it leaves no core and no file behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    module, function, memory_bytes, processor_seconds = arguments
    limit(int(memory_bytes), int(processor_seconds))
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no part of the answer
    head = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(PROTOCOL_BYTES)))
    called = getattr(import_module(module), function)
    out.write(answer(called, msgspec.msgpack.decode(head), sys.stdin.buffer.read()))
    return 0


def answer(function: Any, given: dict[str, Any], data: bytes) -> bytes:
    """What the function makes of the data: its value, or the problems for which it refused the file."""
    from services.chassis.workbook.problems import WorkbookRefused  # noqa: PLC0415 - imported within the limits

    hints = get_type_hints(function)
    options = {name: msgspec.convert(value, hints[name]) for name, value in given.items()}
    try:
        return msgspec.msgpack.encode({"value": function(data, **options)})
    except WorkbookRefused as refused:
        return msgspec.msgpack.encode({"problems": refused.problems})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
