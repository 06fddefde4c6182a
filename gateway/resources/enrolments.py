"""One pupil's year: where the pupil is enrolled, what was brought along, from what the pupil is exempt."""

from gateway.endpoints import YEAR, offer, resource
from services.contracts.gradebook.enrolment import EnterEarlierMarks, ExemptPupil, FindEnrolment, WithdrawPupil
from services.contracts.gradebook.given import KeepGivenYear
from services.contracts.gradebook.record import ReadPupilRecord

PUPIL = f"{YEAR}/pupils/<uuid:pupil_id>"
api = resource("enrolments", "Học sinh trong năm học (enrolments)")

offer(api, "GET", "/v1/pupils/<uuid:pupil_id>/enrolment", FindEnrolment)
offer(api, "GET", "/v1/pupils/<uuid:pupil_id>/record", ReadPupilRecord)
offer(api, "POST", f"{PUPIL}/given-results", KeepGivenYear, status=201)
offer(api, "POST", f"{PUPIL}/withdrawal", WithdrawPupil)
offer(api, "POST", f"{PUPIL}/exemptions", ExemptPupil, status=201)
offer(api, "POST", f"{PUPIL}/earlier-marks", EnterEarlierMarks, status=201)
