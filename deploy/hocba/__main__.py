"""Starts the command line."""

import signal

from deploy.hocba.cli import hocba

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was begun is also put away when terminated
    hocba(prog_name="hocba")
