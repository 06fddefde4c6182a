"""Transfer's entrypoints."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.transfer import (
    AcceptCohort,
    AcceptTransfer,
    CancelCohort,
    CancelTransfer,
    OfferCohort,
    OfferTransfer,
    ReadCohort,
    ReadTransfer,
)
from services.transfer import cohorts, usecases
from services.transfer.domain import CompleteTransfer
from services.transfer.settings import Settings


def build() -> Service:
    """The service as the environment sets it up."""
    valid_for = timedelta(days=load(Settings, "transfer").offer_days)
    service = Service(name="transfer", migrations=Path(__file__).parent / "migrations")
    service.command(OfferTransfer, partial(usecases.offer_transfer, valid_for=valid_for), before=usecases.prepare_offer)
    service.command(AcceptTransfer, usecases.accept_transfer, before=usecases.open_link)
    service.command(CancelTransfer, usecases.cancel_transfer)
    service.query(ReadTransfer, usecases.read_transfer)
    service.command(OfferCohort, partial(cohorts.offer_cohort, valid_for=valid_for), before=cohorts.gather_cohort)
    service.command(AcceptCohort, cohorts.accept_cohort, before=usecases.open_link)
    service.command(CancelCohort, cohorts.cancel_cohort)
    service.query(ReadCohort, cohorts.read_cohort)
    service.task(CompleteTransfer, usecases.complete_transfer, before=usecases.import_bundle, threads=2)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service
