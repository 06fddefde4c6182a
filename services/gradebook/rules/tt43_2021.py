"""Circular 43/2021/TT-BGDĐT: assessing learners in continuing education (GDTX), where it departs from Circular 22/2021.

It keeps the structure, the counts, the averages and the conditions of Circular 22/2021, which stand in tt22_2021.
Last reread against the official text: not yet.
"""

from services.gradebook.rules.clauses import clause
from services.gradebook.rules.switches import Switches


@clause("9")
def subjects_at_bar(switches: Switches) -> int:
    """How many subjects must reach a level's bar; the figure is not settled, as fewer subjects are taught."""
    return switches.gdtx_subjects_at_bar
