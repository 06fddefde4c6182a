"""What belongs to a class as a whole: its teachers, conduct, the locking of results, and what the summer brings."""

from gateway.endpoints import YEAR, offer, resource
from services.contracts.gradebook.assignments import ReplaceTeacher
from services.contracts.gradebook.conduct import ReadConduct, SaveConduct
from services.contracts.gradebook.results import LockResults, ReadClassResults
from services.contracts.gradebook.summer import DecideSecondChance, FindSecondChances, ProposeSecondChance

CLASS = f"{YEAR}/classes/<uuid:class_id>"
CONDUCT = f"{CLASS}/terms/<int(fixed_digits=1):term>/conduct"
api = resource("classes", "Rèn luyện và kết quả của lớp (conduct, results)")

offer(api, "PUT", f"{CLASS}/subjects/<subject>/teacher", ReplaceTeacher)
offer(api, "PUT", CONDUCT, SaveConduct)
offer(api, "GET", CONDUCT, ReadConduct)
offer(api, "GET", f"{CLASS}/results", ReadClassResults)
offer(api, "POST", f"{CLASS}/results/<period>", LockResults)
offer(api, "GET", f"{CLASS}/second-chances", FindSecondChances)
offer(api, "POST", f"{CLASS}/pupils/<uuid:pupil_id>/second-chances", ProposeSecondChance, status=201)
offer(api, "POST", f"{CLASS}/pupils/<uuid:pupil_id>/second-chances/decisions", DecideSecondChance)
