"""The move of a cohort to the next school."""

from gateway.endpoints import offer, resource
from services.contracts.transfer import AcceptCohort, CancelCohort, OfferCohort, ReadCohort

api = resource("cohorts", "Chuyển cấp theo đợt (cohorts)")

offer(api, "POST", "/v1/cohorts", OfferCohort, status=201, location="/v1/cohorts/{answer.cohort.id}")
offer(api, "GET", "/v1/cohorts/<uuid:cohort_id>", ReadCohort)
offer(api, "DELETE", "/v1/cohorts/<uuid:cohort_id>", CancelCohort)
offer(api, "POST", "/v1/cohorts/acceptances", AcceptCohort, status=202, location="/v1/cohorts/{answer.id}")
