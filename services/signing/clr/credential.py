"""What a transcript's CLR 2.0 credential says: an achievement for each subject and one for the year. Pure.

Field names are those of CLR 2.0 and Open Badges 3.0 (1EdTech), over the W3C's Verifiable Credentials 2.0.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from services.signing.clr import results

Fields = dict[str, Any]

VERIFIABLE = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXTS = (
    VERIFIABLE,
    "https://purl.imsglobal.org/spec/clr/v2p0/context.json",
    BADGES,
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The canonical data of a sealed transcript, when it was sealed, and where people find the installation."""

    canonical: bytes
    issued_at: datetime
    public_url: str

    @property
    def data(self) -> Fields:
        fields: Fields = json.loads(self.canonical)
        return fields


def credential_of(source: Source) -> Fields:
    """The credential: the same source gives the same.

    The personal id is not in it, not even hashed: twelve digits of which most are known are found by trying.
    """
    return _Maker(source).credential()


class _Maker:
    def __init__(self, source: Source) -> None:
        self._data = source.data
        self._digest = sha256(source.canonical).hexdigest()
        self._public_url = source.public_url
        self._address = f"{source.public_url}/verify/{self._data['code']}"
        self._issuer = f"{source.public_url}/#{self._data['school']['unit_id']}"
        self._subject = f"urn:uuid:{self._data['pupil']['person_id']}"
        self._issued_at = source.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._school_year = f"{self._data['school_year']}–{self._data['school_year'] + 1}"

    def credential(self) -> Fields:
        return {
            "@context": [*CONTEXTS, {"transcript": {"@id": f"{self._public_url}/ns#transcript", "@type": "@json"}}],
            "id": self._address,
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": f"Học bạ lớp {self._data['grade']}, năm học {self._school_year}",
            "description": f"School transcript of grade {self._data['grade']}, school year {self._school_year}",
            "partial": True,  # one year of those that the school knows of
            "issuer": self._profile(),
            "validFrom": self._issued_at,
            "credentialSubject": self._learner(),
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "credentialStatus": self._status(),
            "evidence": [self._document()],
            "transcript": {"code": self._data["code"], "version": self._data["version"], "sha256": self._digest},
        }

    def _profile(self) -> Fields:
        school = self._data["school"]
        place = {"addressRegion": school["province"], "addressLocality": school["commune"]}
        return {
            "id": self._issuer,
            "type": ["Profile"],
            "name": school["name"],
            "otherIdentifier": [
                {"type": "IdentifierEntry", "identifier": school["code"], "identifierType": "identifier"}
            ],
            "address": {"type": ["Address"], "addressCountryCode": "VN", **place},
            "parentOrg": {"id": self._public_url, "type": ["Profile"], "name": school["department"]},
        }

    def _status(self) -> Fields:
        address = f"{self._public_url}/v1/verifications/{self._data['code']}/revocations"
        return {"id": address, "type": "1EdTechRevocationList"}

    def _document(self) -> Fields:
        code, version = self._data["code"], self._data["version"]
        return {
            "id": self._address,
            "type": ["Evidence"],
            "genre": "Transcript",
            "name": "Học bạ số có chữ ký của giáo viên, hiệu trưởng và nhà trường",
            "description": f"Mã {code}, phiên bản {version}; SHA-256 của dữ liệu đã ký (RFC 8785): {self._digest}",
        }

    def _learner(self) -> Fields:
        credentials = list(self._achievements())
        year, *subjects = (one["id"] for one in credentials)
        return {
            "id": self._subject,
            "type": ["ClrSubject"],
            "identifier": self._identifiers(),
            "verifiableCredential": credentials,
            "association": [
                {"type": "Association", "associationType": "isPartOf", "sourceId": subject, "targetId": year}
                for subject in subjects
            ],
        }

    def _identifiers(self) -> list[Fields]:
        pupil, salt = self._data["pupil"], self._data["code"]
        hashed = sha256(f"{pupil['code']}{salt}".encode()).hexdigest()
        plain = {"type": "IdentityObject", "hashed": False}
        return [
            plain | {"identityType": "name", "identityHash": pupil["name"]},
            plain | {"identityType": "ext:dateOfBirth", "identityHash": pupil["born_on"]},
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityType": "sisSourcedId",
                "identityHash": f"sha256${hashed}",
                "salt": salt,
            },
        ]

    def _achievements(self) -> Iterator[Fields]:
        """The year first."""
        grade = self._data["grade"]
        yield self._achievement(
            "year",
            {"achievementType": "LearningProgram", "name": f"Lớp {grade}", "description": f"Chương trình lớp {grade}"},
            results.of_year(self._data),
            self._data["remark"],
        )
        for subject in self._data["subjects"]:
            course = {"achievementType": "Course", "name": subject["name"], "humanCode": subject["code"]}
            course["description"] = f"{subject['name']}, lớp {grade}"
            yield self._achievement(
                f"subject-{subject['code']}", course, results.of_subject(subject), subject["comment"]
            )

    def _achievement(self, key: str, what: Fields, found: list[results.Found], narrative: str | None) -> Fields:
        regulation, stage, grade = (self._data[name] for name in ("regulation", "stage", "grade"))
        name = f"urn:hocba:achievement:{regulation}:{stage}:{grade}:{key}"
        achievement = what | {
            "id": name,
            "type": ["Achievement"],
            "inLanguage": "vi",
            "criteria": {"narrative": f"Đánh giá theo {regulation}."},
            "resultDescription": [one.description(name) for one in found],
        }
        subject = {
            "id": self._subject,
            "type": ["AchievementSubject"],
            "term": self._school_year,
            "achievement": achievement,
            "result": [one.result(name) for one in found],
        }
        return {
            "@context": [VERIFIABLE, BADGES],
            "id": f"{self._address}#{key}",
            "type": ["VerifiableCredential", "AchievementCredential"],
            "name": f"{what['name']}, năm học {self._school_year}",
            "issuer": self._issuer,
            "validFrom": self._issued_at,
            "credentialSubject": subject | ({"narrative": narrative} if narrative else {}),
        }
