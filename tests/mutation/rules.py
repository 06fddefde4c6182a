"""Does a test fail when the law is changed? Every small change of services/gradebook/rules is tried, one at a time.

`make mutation` runs this. Cosmic Ray makes the changes; each is judged in a process of its own that has the changed
module in memory alone, so no file is ever touched. What no test notices is printed, and argued in
docs/mutation-survivors.md.
"""

import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = CHECKOUT / "services" / "gradebook" / "rules"
TESTS = sorted(  # examples notice most, and sooner than properties
    map(str, (CHECKOUT / "tests" / "unit" / "gradebook" / "rules").glob("test_*.py")),
    key=lambda path: "properties" in path,
)
OPTIONS = ("-q", "--assert=plain", "-p", "no:cacheprovider", "--rootdir", str(CHECKOUT))
SECONDS = 60  # of computing for one change: a test that has not ended by then has noticed

POINTLESS = re.compile(  # changes of the kind nobody makes by mistake, and those that mean the same
    r"ReplaceBinaryOperator_BitOr_"  # unions of types
    r"|_(RShift|LShift|BitXor|BitAnd|BitOr|Pow|Mod|FloorDiv)$"
    r"|ReplaceComparisonOperator_.*_(Is|IsNot)$(?<!IsNot_Is)(?<!Is_IsNot)"
    r"|ReplaceComparisonOperator_(Is|IsNot)_(Lt|LtE|Gt|GtE|Eq|NotEq)$"
)
PLAIN = ("@dataclass", "@cache", "@property", "def ")  # where a change shows in speed, safety or signatures alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: the operator's so many-th in a module, and the line it falls on."""

    path: Path
    operator: str
    occurrence: int
    line: int

    @property
    def module(self) -> str:
        parts = self.path.relative_to(CHECKOUT).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    def __str__(self) -> str:
        text = self.path.read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        name = self.operator.removeprefix("core/")
        return f"{self.path.relative_to(RULES)}:{self.line} {name} ({self.occurrence}): {text}"


class Changed(MetaPathFinder):
    """Imports one module from its changed source."""

    def __init__(self, mutant: Mutant, source: str) -> None:
        self._mutant = mutant
        self._source = source

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._mutant.module:
            return None
        loader = ChangedLoader(name, str(self._mutant.path))
        loader.source = self._source
        return spec_from_loader(name, loader)


class ChangedLoader(SourceFileLoader):
    source: str

    def get_code(self, fullname: str) -> Any:
        return compile(self.source, self.get_filename(fullname), "exec")


def mutants() -> Iterator[Mutant]:
    for path in sorted(RULES.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        nodes = list(ast_nodes(get_ast_from_path(path)))
        for name in sorted(operator_names()):
            kind = get_operator(name)
            if kind.arguments() or POINTLESS.search(name):
                continue
            places = [start for node in nodes for start, _ in kind().mutation_positions(node)]
            for occurrence, (line, _) in enumerate(places):
                if not lines[line - 1].lstrip().startswith(PLAIN):
                    yield Mutant(path=path, operator=name, occurrence=occurrence, line=line)


def survives(mutant: Mutant) -> tuple[Mutant, bool]:
    """Whether every test passes with the change; runs in a process of its own."""
    source = mutate_code(mutant.path.read_text(encoding="utf-8"), get_operator(mutant.operator)(), mutant.occurrence)
    sys.meta_path.insert(0, Changed(mutant, source))
    signal.signal(signal.SIGPROF, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    return mutant, _tests_pass(mutant)


def _tests_pass(mutant: Mutant) -> bool:
    """A module's own tests notice most, so they go first."""
    settings.register_profile("mutation", max_examples=20, derandomize=True, database=None, deadline=None)
    settings.load_profile("mutation")
    own = {f"test_{part}.py" for part in mutant.path.relative_to(RULES).with_suffix("").parts}
    first = [path for path in TESTS if Path(path).name in own]
    return all(pytest.main(["-x", *OPTIONS, *paths]) is pytest.ExitCode.OK for paths in (first, TESTS) if paths)


def _import_what_stays() -> None:
    """Whatever no change touches is imported once, for every process to inherit."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with Path(os.devnull).open("w", encoding="utf-8") as silence, redirect_stdout(silence):
        pytest.main([*OPTIONS, "--collect-only", str(Path(__file__).parent)])


def main(only: str = "") -> int:
    """Try every change (or those of modules whose path contains ``only``); the exit code is 0 from 95 % on."""
    tried = [mutant for mutant in mutants() if only in str(mutant.path)]
    survivors = 0
    _import_what_stays()
    with get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        for mutant, alive in pool.imap_unordered(survives, tried):
            if alive:
                survivors += 1
                sys.stdout.write(f"{mutant}\n")
                sys.stdout.flush()
    killed = len(tried) - survivors
    sys.stdout.write(f"{killed} of {len(tried)} changes noticed: {killed / len(tried):.1%}\n")
    return int(killed < 0.95 * len(tried))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
