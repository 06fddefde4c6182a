"""Identity's entrypoints: which use case serves which message."""

from datetime import timedelta
from pathlib import Path

from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts import identity as contracts
from services.contracts.gradebook.enrolment import PupilMovedV1
from services.contracts.gradebook.views import RecordViewedV1 as GradesViewedV1
from services.contracts.transcript import RecordViewedV1 as TranscriptViewedV1
from services.identity import sessions
from services.identity.credentials import TokenMaker
from services.identity.settings import Settings
from services.identity.usecases import accesses, guardians, people, pupils, roles, staff, units

READERS = ("gradebook", "transcript", "signing", "transfer", "notify")


def build() -> Service:
    settings = load(Settings, "identity")
    service = Service("identity", Path(__file__).parent / "migrations")
    tokens = TokenMaker(settings.token_key, timedelta(seconds=settings.token_seconds))
    _add_sessions(service, sessions.Sessions(tokens, timedelta(hours=settings.session_hours)))
    _add_units(service)
    _add_people(service)
    _add_pupils(service)
    service.consumes(PupilMovedV1, people.follow_moves)
    service.consumes(GradesViewedV1, accesses.follow_views)
    service.consumes(TranscriptViewedV1, accesses.follow_views)
    return service


def _add_sessions(service: Service, mine: sessions.Sessions) -> None:
    service.open(contracts.ReadTokenKeys, mine.read_token_keys)
    service.open(contracts.LogIn, mine.log_in, before=sessions.check_password)
    service.open(contracts.RefreshSession, mine.refresh_session)
    service.open(contracts.LogOut, sessions.log_out)
    service.open(contracts.ActivateAccount, sessions.activate_account, before=sessions.hash_new_password)


def _add_units(service: Service) -> None:
    service.command(contracts.CreateUnit, units.create_unit)
    service.command(contracts.RenameUnit, units.rename_unit)
    service.command(contracts.MoveUnit, units.move_unit)
    service.command(contracts.MoveUnits, units.move_units)
    service.command(contracts.CloseUnit, units.close_unit)
    service.command(contracts.MergeUnits, units.merge_units)
    service.query(contracts.FindUnits, units.find_units, systems=READERS)
    service.query(contracts.FindUnitsBelow, units.find_units_below)


def _add_people(service: Service) -> None:
    service.query(contracts.ReadMe, people.read_me)
    service.command(contracts.AddStaff, staff.add_staff)
    service.command(contracts.ImportStaff, staff.import_staff, before=staff.read_staff_file)
    service.command(contracts.ReissueActivation, staff.reissue_activation)
    service.query(contracts.FindStaff, staff.find_staff)
    service.internal(contracts.FindStaffContacts, staff.find_contacts, systems=("notify",))
    service.query(contracts.FindGrants, roles.find_grants)
    service.command(contracts.EndGrant, roles.end_grant)
    service.command(contracts.RegisterPupils, people.register_pupils)
    service.command(contracts.AddGuardians, people.add_guardians)
    service.query(contracts.FindPeople, people.find_people, systems=READERS)
    service.command(contracts.OpenGuardianAccount, guardians.open_account)
    service.query(contracts.FindChildren, guardians.find_children)
    service.internal(contracts.FindGuardians, people.find_guardians, systems=("notify", "transcript"))


def _add_pupils(service: Service) -> None:
    service.query(contracts.FindPupils, pupils.find_pupils)
    service.command(contracts.AddPersonalId, pupils.add_personal_id)
    service.command(contracts.SetHealthLink, pupils.set_health_link)
    service.query(contracts.ReadHealthLink, pupils.read_health_link)
    service.query(contracts.FindAccesses, accesses.find_accesses)
