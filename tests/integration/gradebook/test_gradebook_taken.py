"""Results that transcripts are made of: from the moment in which they are given they stay, or the paper would lie."""

import pytest

from services.chassis.authority import Actor
from services.chassis.errors import Forbidden, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.corrections import CorrectionState, DecideCorrection
from services.contracts.gradebook.results import NextTranscript, Period, TakeResults
from services.gradebook.usecases import corrections
from tests.integration.gradebook.small_school import YEAR
from tests.integration.gradebook.test_gradebook_corrections import ask, decide, issued, verify

PROMISED = """
    UPDATE results SET result = jsonb_set(result, '{promotion}', to_jsonb(CAST(:promotion AS text)))
    WHERE class_id = :id
"""


@pytest.fixture
def settled(school):
    """The school with its year locked and everybody promoted."""
    return with_promotion(school, "PROMOTED")


@pytest.fixture
def verified(settled):
    """A correction of the first pupil's mark that waits for the principal."""
    correction = ask(settled, "7.0")
    verify(settled, correction)
    return correction


def with_promotion(school, promotion):
    school.fill(1, 2)
    for period in Period:
        school.lock(period)
    school.gradebook.sql(PROMISED, id=school.class_id, promotion=promotion)
    return school


def take(school, *pupils, version=1):
    made = tuple(NextTranscript(pupil_id=one, version=version) for one in pupils)
    request = TakeResults(school_year=YEAR, class_id=school.class_id, transcripts=made)
    return school.gradebook.ask_as("transcript", request)


def test_what_is_taken_is_corrected_no_more_until_its_transcript_was_revoked(settled, verified):
    taken = take(settled, settled.pupils[0])

    with pytest.raises(Refused, match="transcript_frozen"):
        decide(settled, verified)
    with pytest.raises(Refused, match="transcript_frozen"):
        ask(settled, "7.5", key="tx2")
    settled.gradebook.tell(issued(settled))
    settled.gradebook.tell(issued(settled, revoked=True))
    assert [one.pupil_id for one in taken.results] == list(settled.pupils)
    assert decide(settled, verified).state is CorrectionState.APPLIED


@pytest.mark.parametrize("told", [0, 1, 2], ids=["nothing told", "issue told", "revocation told"])
def test_what_is_taken_for_the_next_version_stays_however_late_the_news_of_the_first(settled, verified, told):
    news = [issued(settled), issued(settled, revoked=True)]
    take(settled, settled.pupils[0])
    for event in news[:told]:
        settled.gradebook.tell(event)

    for _ in range(2):  # asked again, as after a fall
        take(settled, settled.pupils[0], version=2)
    for event in news[told:]:
        settled.gradebook.tell(event)

    with pytest.raises(Refused, match="transcript_frozen"):
        decide(settled, verified)


def test_of_whom_no_transcript_is_made_and_whose_year_is_open_stays_free(school):
    waiting = with_promotion(school, "RETEST")
    take(waiting, waiting.pupils[0])
    school.gradebook.sql(PROMISED, id=school.class_id, promotion="PROMOTED")
    take(waiting, waiting.pupils[1])

    assert ask(waiting, "7.0").state is CorrectionState.REQUESTED


def test_a_correction_under_way_ends_first_and_what_is_taken_has_it(settled, verified, pool, await_waiting):
    principal = Actor(account_id=settled.principal, person_id=settled.principal)
    command = DecideCorrection(school_year=YEAR, correction_id=verified.id, is_approved=True)
    with settled.gradebook.db.transaction() as tx:
        corrections.decide_correction(tx, command, principal)
        taking = pool.submit(take, settled, settled.pupils[0])
        await_waiting(1)

    first, second, _ = taking.result().results
    assert ((first.version, len(first.corrections)), second.version) == ((2, 1), 1)


def test_results_are_given_to_transcript_alone_and_of_classes_that_there_are(settled):
    request = TakeResults(school_year=YEAR, class_id=settled.class_id, transcripts=())

    with pytest.raises(Forbidden):
        settled.gradebook.ask(request, settled.principal)
    with pytest.raises(NotFound):
        settled.gradebook.ask_as("transcript", TakeResults(school_year=YEAR, class_id=new_id(), transcripts=()))
