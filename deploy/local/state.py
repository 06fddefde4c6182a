"""What an instance remembers from one command to the next: its ports and its processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from deploy.local.files import locked, write_private
from deploy.local.pids import ProcessId
from deploy.local.ports import free_port, is_free


@dataclass(slots=True, kw_only=True)
class State:
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, ProcessId] = field(default_factory=dict)

    def choose_port(self, name: str) -> int:
        """The recorded port if it is still free, otherwise a new one."""
        port = self.ports.get(name)
        if port is None or not is_free(port):
            self.ports[name] = free_port(taken=self.ports.values())
        return self.ports[name]


def read(home: Path) -> State:
    """The recorded state; an unreadable record counts as none, since everything in it can be found out again."""
    try:
        return msgspec.json.decode((home / "state.json").read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):
        return State()


@contextmanager
def editing(home: Path) -> Iterator[State]:
    """The state, held by one command at a time and saved even when that command fails."""
    with locked(home / "lock"):
        state = read(home)
        try:
            yield state
        finally:
            write_private(home / "state.json", msgspec.json.format(msgspec.json.encode(state)).decode())
