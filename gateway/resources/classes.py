"""What belongs to a class as a whole: conduct, and the locking of results."""

from gateway.endpoints import YEAR, offer, resource
from services.contracts.gradebook.conduct import SaveConduct
from services.contracts.gradebook.results import LockResults

CLASS = f"{YEAR}/classes/<uuid:class_id>"
api = resource("classes", "Rèn luyện và kết quả của lớp (conduct, results)")

offer(api, "PUT", f"{CLASS}/terms/<int(fixed_digits=1):term>/conduct", SaveConduct)
offer(api, "POST", f"{CLASS}/results/<period>", LockResults)
