"""Free ports on the loopback address."""

import random
import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
# From 32768 on the kernel gives ports to outgoing connections, and may do so between our choice and its use.
CHOICE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now; connections still fading from an earlier one do not matter."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(taken: Collection[int] = ()) -> int:
    """A port nobody listens on and that is not among those already promised."""
    shuffled = random.sample(CHOICE, len(CHOICE))  # so that two installations rarely choose the same
    return next(port for port in shuffled if port not in taken and is_free(port))
