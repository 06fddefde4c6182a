"""The reform of 1 July 2025 with the real provinces: 63 departments of education become 34."""

import json
import os
import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.ids import new_id
from services.contracts.identity import CreateUnit, FindUnitsBelow, MergeUnits, Role, UnitKind
from services.identity.domain import Unit, UnitName
from services.identity.naming import name_key
from services.identity.usecases import units

ADMIN = Path(os.environ.get("HOCBA_SHARED", "../shared")) / "data" / "admin"
OPENED, LAST_DAY, REFORM = date(2008, 8, 1), date(2025, 6, 30), date(2025, 7, 1)
AND, KIND = re.compile(r", | và (?=tỉnh|thành phố|TP)"), re.compile(r"^(thành phố|tỉnh|thủ đô|tp)\s*", re.IGNORECASE)
pytestmark = pytest.mark.skipif(not ADMIN.exists(), reason="the shared data is not there; HOCBA_SHARED says where")


def provinces_before():
    return [one["Name"] for one in json.loads((ADMIN / "vn_units_63prov_v2.4.1.min.json").read_text())]


def mergers():
    """Each new province with the old ones of which it was made; those that stayed are left out."""
    rows = json.loads((ADMIN / "sapnhap_donvi_tinhthanh.json").read_text())
    merged = [row for row in rows if row["magoc"] == "0" and row["truocsapnhap"] != "giữ nguyên"]
    return [(plain(row["ten"]), [plain(part) for part in AND.split(without_remarks(row))]) for row in merged]


def without_remarks(row):
    return row["truocsapnhap"].split(". ")[0]


def plain(name):
    """The name without its kind."""
    return KIND.sub("", name.strip()).replace("HCM", "Hồ Chí Minh")


@pytest.fixture
def ministry(identity):
    """The ministry at the root with an operator, and a department for each of the 63 provinces, by name key."""
    root = Unit(id=new_id(), kind=UnitKind.MINISTRY, code=new_id().hex, opened_on=OPENED)
    name = UnitName(name="Bộ GDĐT", commune="", province="", valid_from=OPENED)
    with identity.db.transaction() as tx:
        units.establish(tx, root, name)
    operator = identity.grant(Role.OPERATOR, root.id)
    departments = {name_key(one): create(identity, operator, root.id, one) for one in provinces_before()}
    return root.id, operator, departments


def create(identity, operator, parent_id, province, kind=UnitKind.DEPARTMENT) -> UUID:
    command = CreateUnit(
        kind=kind,
        code=new_id().hex,
        name=f"Sở GDĐT {province}",
        parent_id=parent_id,
        commune="",
        province=province,
        opened_on=OPENED,
    )
    return identity.ask(command, operator).id


def test_the_reform_makes_thirty_four_departments_of_sixty_three(identity, ministry):
    root, operator, departments = ministry
    school = create(identity, operator, departments[name_key("Hà Nam")], "Hà Nam", UnitKind.SCHOOL)

    for new, old in mergers():
        others = tuple(departments[name_key(province)] for province in old if name_key(province) != name_key(new))
        identity.ask(MergeUnits(unit_id=departments[name_key(new)], merged_ids=others, on=REFORM), operator)

    def of_the_ministry(on):
        return identity.ask(FindUnitsBelow(unit_id=root, on=on), operator).units

    assert (len(of_the_ministry(LAST_DAY)), len(of_the_ministry(REFORM))) == (63, 34)
    with identity.db.transaction() as tx:
        (before,), (after,) = (units.units.find_units(tx, [school], on) for on in (LAST_DAY, REFORM))
    assert (before.department, before.province) == ("Sở GDĐT Hà Nam", "Hà Nam")
    assert (after.department, after.province) == ("Sở GDĐT Ninh Bình", "Ninh Bình")
