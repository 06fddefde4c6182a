"""The issued files under programs that are not ours; a file that passed before and is the same is not asked again."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.stage import Bar
from deploy.outside_checks import check_pdf, check_xml

CORES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """For each program: how many files it was given and how many it accepted; and which were not accepted."""

    given: dict[str, int]
    accepted: dict[str, int]
    rejected: list[str]


def check_all(files: Sequence[tuple[Path, Path]], roots: Path, memory: Path, bar: Bar) -> Checked:
    """Ask every program about every file. `memory` keeps what each said of which bytes."""
    known: dict[str, dict[str, bool]] = json.loads(memory.read_text()) if memory.exists() else {}
    trust = hashlib.sha256(roots.read_bytes()).hexdigest()

    def ask(path: Path) -> tuple[Path, str, dict[str, bool]]:
        name = hashlib.sha256(path.read_bytes() + trust.encode()).hexdigest()
        if all(known.get(name, {"": False}).values()):
            said = known[name]
        else:
            said = check_pdf(path, roots) if path.suffix == ".pdf" else {"xmlsec1": check_xml(path, roots)}
        bar.advance()
        return path, name, said

    with ThreadPoolExecutor(CORES) as pool:
        answers = list(pool.map(ask, [path for pair in files for path in pair]))
    memory.write_text(json.dumps({name: said for _, name, said in answers}))
    return _count([(path, said) for path, _, said in answers])


def _count(answers: Sequence[tuple[Path, dict[str, bool]]]) -> Checked:
    given, accepted = Counter[str](), Counter[str]()
    for _, said in answers:
        given.update(said.keys())
        accepted.update(program for program, well in said.items() if well)
    rejected = [path.name for path, said in answers if not all(said.values())]
    return Checked(given=dict(given), accepted={program: accepted[program] for program in given}, rejected=rejected)
