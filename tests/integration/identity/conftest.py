"""Identity on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.chassis.database import Database
from services.chassis.objects import Objects
from services.contracts.identity import Role
from services.identity import bootstrap
from services.identity import service as identity_service
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.identity.department import Department


@pytest.fixture(scope="session")
def token_key() -> str:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def identity(new_database: Callable[[str], Database], token_key: str, tmp_path_factory) -> Acting:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_IDENTITY_TOKEN_KEY", token_key)
        service = identity_service.build()
    objects = Objects(tmp_path_factory.mktemp("objects"))
    return Acting(service, new_database("identity"), objects, RecordedAnswers())


@pytest.fixture(scope="module")
def department(identity: Acting) -> Department:
    with identity.db.transaction() as tx:
        made = bootstrap.bootstrap(tx, "so@example.vn", "Sở GDĐT tỉnh Ví Dụ", "Tỉnh Ví Dụ")
    (row,) = identity.sql("SELECT person_id FROM accounts WHERE username = 'so@example.vn'")
    alone = Department(
        identity=identity, unit_id=UUID(made["unit_id"]), operator=row.person_id, school=None, admin=row.person_id
    )
    school = alone.create_school()
    admin = alone.appoint(Role.ADMIN, by=alone.operator, unit_id=school.id).person_id
    return replace(alone, school=school, admin=admin)
