"""The first account of an installation: `python -m services.identity.bootstrap` makes the root unit and its operator.

Prints the operator's activation code once, as JSON. A second run says that there is an operator already.
"""

import json
import sys

from services.chassis.authority import local_day
from services.chassis.database import Database, Tx
from services.chassis.ids import new_code, new_id
from services.chassis.settings import ProcessSettings, load
from services.contracts.identity import NewStaff, Role, UnitKind
from services.identity.credentials import digest
from services.identity.domain import Unit, UnitName
from services.identity.naming import name_key
from services.identity.repository import accounts, grants, people
from services.identity.usecases import roles, units


def main(username: str, unit_name: str, province: str) -> int:
    db = Database(load(ProcessSettings, "identity").database_url)
    with db.transaction() as tx:
        made = bootstrap(tx, username, unit_name, province)
    sys.stdout.write(json.dumps(made) + "\n")
    return 0


def bootstrap(tx: Tx, username: str, unit_name: str, province: str) -> dict[str, str | None]:
    """The unit, and the activation code of its operator: null where the account exists already."""
    account = accounts.find_account(tx, username)
    if account is not None:
        unit_id = grants.grants_of(tx, account.person_id, tx.now())[0].unit_id
        return {"unit_id": str(unit_id), "activation_code": None}
    today = local_day(tx.now())
    unit = Unit(id=new_id(), kind=UnitKind.DEPARTMENT, code="SO", opened_on=today)
    name = UnitName(name=unit_name, commune="", province=province, valid_from=today, valid_to=None)
    units.establish(tx, unit, name)
    person_id, code = new_id(), new_code()
    person = {
        "id": person_id,
        "kind": "STAFF",
        "code": username,
        "name": username,
        "unit_id": unit.id,
        "email": username,
        "name_key": name_key(username),
    }
    people.insert_people(tx, [person])
    account_row = {"id": new_id(), "person_id": person_id, "username": username, "activation_hash": digest(code)}
    accounts.insert_accounts(tx, [account_row])
    operator = NewStaff(code=username, name=username, email=username, role=Role.OPERATOR)
    roles.give(tx, [roles.new_grant(operator, person_id, unit.id, tx.now())])
    return {"unit_id": str(unit.id), "activation_code": code}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
