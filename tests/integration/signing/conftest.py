"""Signing on a real PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.contracts.identity import Role
from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import ReadDocuments
from services.signing import service as signing_service
from services.signing.authority import Authority, establish
from services.signing.custody import write_authority
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.locked_class import LockedClass
from tests.integration.signing.class_to_sign import Class, School, frozen_documents
from tests.integration.signing.outside_authority import OutsideAuthority, Tokens
from tests.unit.signing.timestamp_servers import serving

SOFTHSM = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")


@pytest.fixture(scope="session")
def authority() -> Authority:
    return establish(now=datetime.now(UTC) - timedelta(days=1))


@pytest.fixture(scope="session")
def outside() -> Iterator[OutsideAuthority]:
    with serving(lambda _request: made[0].revocation_list()) as server:
        made = [OutsideAuthority.establish(listed_at=server.url)]
        yield made[0]


@pytest.fixture(scope="session")
def tokens(tmp_path_factory) -> Iterator[Tokens]:
    """SoftHSM with no token in it yet; it reads its settings once in a process."""
    found = [path for path in SOFTHSM if Path(path).exists()]
    if not found and not os.environ.get("CI"):
        pytest.skip("not installed: softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield Tokens(found[0], folder / "tokens")


@pytest.fixture
def roots(authority: Authority, outside: OutsideAuthority, tmp_path: Path) -> Path:
    path = tmp_path / "root.pem"
    path.write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in (authority.root, outside.root)))
    return path


@pytest.fixture(scope="module")
def signing(
    new_database: Callable[[str], Database],
    authority: Authority,
    outside: OutsideAuthority,
    signing_keys: None,
    tmp_path_factory,
) -> Acting:
    folder = tmp_path_factory.mktemp("signing")
    (folder / "trust").mkdir()
    (folder / "trust" / "public.pem").write_bytes(outside.root.public_bytes(Encoding.PEM))
    write_authority(folder / "authority.pem", authority)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_SIGNING_SERVER_KEY", "khóa máy chủ thử")
        environment.setenv("HOCBA_SIGNING_AUTHORITY", str(folder / "authority.pem"))
        environment.setenv("HOCBA_SIGNING_PUBLIC_URL", "https://hocba.example.vn")
        environment.setenv("HOCBA_SIGNING_TRUST", str(folder / "trust"))
        environment.setenv("HOCBA_SIGNING_PKCS11_MODULE", SOFTHSM[0])
        service = signing_service.build()
    return Acting(service, new_database("signing"), Objects(folder), RecordedAnswers())


@pytest.fixture(scope="module")
def school(signing: Acting) -> School:
    """The school with a key for each of its five signers; making one takes long, so they are made once."""
    locked = LockedClass()
    clerk = signing.grant(Role.CLERK, locked.unit_id)
    school = School(
        signing=signing,
        locked=locked,
        clerk=clerk,
        frozen=frozen_documents(locked, signing.objects),
        providers=signing.service.operations["open_signing_session"].before.__self__.providers,
    )
    signing.others.answers = locked.answers() | {ReadDocuments: school.still_to_be_signed}
    for person in (locked.maths_teacher, locked.sport_teacher, locked.homeroom, locked.principal):
        school.create_key(person)
    school.create_key(clerk, unit_id=locked.unit_id)
    return school


@pytest.fixture
def new_class(school: School) -> Callable[[], Class]:
    """Makes a class whose three documents are registered and unsigned."""

    def make() -> Class:
        documents = tuple(replace(document, transcript_id=new_id()) for document in school.frozen)
        made = Class(school=school, class_id=new_id(), documents=documents)
        made.confirm(*documents)
        made.announce()
        return made

    return make


@pytest.fixture
def a_class(new_class: Callable[[], Class]) -> Class:
    return new_class()


@pytest.fixture
def sealed(a_class):
    """A class signed by all and sealed."""
    a_class.sign_until(*SlotRole)
    return a_class
