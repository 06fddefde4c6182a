"""A unit's school year: its plan, classes, pupils, teaching assignments and entry windows."""

from gateway.endpoints import UNIT_YEAR, YEAR, offer, resource
from services.contracts.gradebook.assignments import AssignTeachers
from services.contracts.gradebook.corrections import FindCorrections
from services.contracts.gradebook.enrolment import ChooseSubjects
from services.contracts.gradebook.results import CheckResults
from services.contracts.gradebook.school import CreateClasses, EndSchoolYear, FindClasses, OpenSchoolYear
from services.contracts.gradebook.sheets import CentraliseColumns, FindSheets
from services.contracts.gradebook.windows import CloseWindow, FindWindows, OpenWindow

api = resource("years", "Năm học: lớp, học sinh, phân công, đợt nhập điểm (school years)")

offer(api, "POST", UNIT_YEAR, OpenSchoolYear, status=201)
offer(api, "POST", f"{UNIT_YEAR}/end", EndSchoolYear)
offer(api, "POST", f"{UNIT_YEAR}/classes", CreateClasses, status=201)
offer(api, "GET", f"{UNIT_YEAR}/classes", FindClasses)
offer(api, "PUT", f"{UNIT_YEAR}/choices", ChooseSubjects)
offer(api, "POST", f"{UNIT_YEAR}/assignments", AssignTeachers, status=201)
offer(api, "GET", f"{UNIT_YEAR}/sheets", FindSheets)
offer(api, "PUT", f"{UNIT_YEAR}/centralised-columns", CentraliseColumns)
offer(api, "POST", f"{UNIT_YEAR}/windows", OpenWindow, status=201)
offer(api, "GET", f"{UNIT_YEAR}/windows", FindWindows)
offer(api, "DELETE", f"{YEAR}/windows/<uuid:window_id>", CloseWindow)
offer(api, "GET", f"{UNIT_YEAR}/corrections", FindCorrections)
offer(api, "GET", f"{UNIT_YEAR}/results-check", CheckResults)
