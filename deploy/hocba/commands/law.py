"""`hocba law`: what the law says of given marks, without a database; cases in, answers out, a line for each."""

import gc
import os
import sys
from typing import BinaryIO

import click

from deploy.law.stream import answers

OBJECTS_BETWEEN_COLLECTIONS = 100_000  # an answer leaves no cycle behind


@click.command
@click.argument("files", nargs=-1, type=click.File("rb"), metavar="[FILE…|-]")
def command(files: tuple[BinaryIO, ...]) -> None:
    """Judge pupils' terms and years by the circulars on assessment.

    Each line of the input is a case in JSON, each line of the output the answer to it, with the reasons and their
    clauses; a wrong case is answered by what is wrong with it. docs/law.md describes both. Without a file, or with -,
    the cases come from standard input.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    output = sys.stdout.buffer
    try:
        for source in files or (sys.stdin.buffer,):
            for line in answers(source):
                output.write(line)
                output.flush()
    except BrokenPipeError:  # the reader has had enough; say nothing when Python flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
