"""Invented people, their keys, and the papers they sign."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import rfc8785
import typst

from services.contracts.signing.documents import ON_PAPER
from services.signing import keys, pdf, xml
from services.signing.appearance import qr
from services.signing.authority import Authority

SIGNED_AT = datetime(2026, 5, 30, 2, 0, tzinfo=UTC)
SUBJECTS = ("toan", "ngu-van", "gdtc")
PEOPLE = {
    "GVBM-toan": "Lê Thị Mơ",
    "GVBM-ngu-van": "Phạm Quốc Ước",
    "GVBM-gdtc": "Đỗ Văn Dũng",
    "GVCN": "Nguyễn Thị Hoa",
    "CBQL": "Trần Văn Bình",
    "KY_PHAT_HANH": "Trường THCS Sông Mây",
}
VERIFY_AT = "https://hocba.example.vn/v/01HZX3K9W2Q8R7T6Y5V4B3N2M1"

FORM = r"""
#set document(title: "Học bạ", date: datetime(year: 2026, month: 5, day: 30))
#set page(paper: "a4")
#set text(lang: "vi")
#pdf.attach(
  "transcript.json", bytes(sys.inputs.data),
  relationship: "data", mime-type: "application/json", description: "Dữ liệu học bạ",
)
= HỌC BẠ
#sys.inputs.pupil
#pagebreak()
#link("https://hocba.example.vn")[Tra cứu]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Signers by slot, and those above them."""

    authority: Authority
    signers: dict[str, keys.Signer]

    def sign_paper(self, paper: bytes, slots=ON_PAPER, *, at=SIGNED_AT) -> bytes:
        for slot in slots:
            drawings = [qr(VERIFY_AT)] if slot == "KY_PHAT_HANH" else []
            paper = pdf.sign(paper, slot, self.signers[slot], at=at, drawings=drawings)
        return paper

    def sign_xml(self, document: bytes, slots=tuple(PEOPLE), *, at=SIGNED_AT) -> bytes:
        return xml.sign(document, [(slot, self.signers[slot]) for slot in slots], at=at)

    def with_signer(self, slot: str, signer: keys.Signer) -> "School":
        return replace(self, signers={**self.signers, slot: signer})


def holder(slot: str) -> UUID:
    return uuid5(UUID(int=0), slot)


def signer_of(
    slot: str,
    authority: Authority,
    *,
    valid_until=SIGNED_AT + timedelta(days=365),
    is_seal: bool | None = None,
    key=None,
) -> keys.Signer:
    key = key or keys.generate()
    certificate = authority.issue(
        key.public_key(),
        holder=holder(slot),
        name=PEOPLE[slot],
        valid_from=SIGNED_AT - timedelta(days=30),
        valid_until=valid_until,
        is_seal=slot == "KY_PHAT_HANH" if is_seal is None else is_seal,
    )
    return keys.Signer(key=key, certificate=certificate, chain=authority.chain)


def slots() -> list[dict[str, str | None]]:
    return [
        {"slot": slot, "role": slot.split("-")[0], "subject": None, "holder": str(holder(slot)), "name": name}
        for slot, name in PEOPLE.items()
    ]


def transcript(pupil: str) -> dict[str, object]:
    return {
        "format": "vn.hocba.transcript.v1",
        "code": "01HZX3K9W2Q8R7T6Y5V4B3N2M1",
        "version": 1,
        "stage": "THCS",
        "subjects": [{"code": code} for code in SUBJECTS],
        "school": {"unit_id": str(holder("KY_PHAT_HANH"))},
        "pupil": {"name": pupil, "personal_id": "000213004567"},
        "slots": slots(),
    }


def printed(data: dict[str, object]) -> bytes:
    """The form as typst prints it, PDF/A-3b, with the data attached."""
    inputs = {"data": rfc8785.dumps(data).decode(), "pupil": str(data["code"])}
    return typst.compile(FORM.encode(), pdf_standards="a-3b", sys_inputs=inputs)


def boxes() -> list[pdf.Box]:
    return [
        pdf.Box(slot=slot, page=1, x0=60 + 160 * place, y0=100, x1=145 + 160 * place, y1=185)
        for place, slot in enumerate(ON_PAPER)
    ]


def document(pupil: str) -> bytes:
    subjects = "".join(
        f'<DIEM_TONG_KET Id="dtk-{code}"><MA_MON>{code}</MA_MON><CA_NAM>8.3</CA_NAM>'
        f'<NHAN_XET>Chăm chỉ &amp; tiến bộ</NHAN_XET><GVBM Id="gv-{code}"></GVBM></DIEM_TONG_KET>'
        for code in SUBJECTS
    )
    teachers = "".join(f'<GVBM Id="ky-GVBM-{code}"></GVBM>' for code in SUBJECTS)
    return (
        '<HOC_BA><DU_LIEU_HOC_BA Id="data"><THONG_TIN_CHUNG><MA_HOC_BA>01HZX3K9W2Q8R7T6Y5V4B3N2M1</MA_HOC_BA>'
        f"<PHIEN_BAN>1</PHIEN_BAN><CAP_HOC>THCS</CAP_HOC><TRUONG><DON_VI_ID>{holder('KY_PHAT_HANH')}</DON_VI_ID></TRUONG></THONG_TIN_CHUNG>"
        f'<LY_LICH Id="lyLich"><HO_TEN>{pupil}</HO_TEN></LY_LICH>'
        f'<THONG_TIN_HOC_BA Id="thongtinhocba">{subjects}<TONG_KET_CA_NAM></TONG_KET_CA_NAM></THONG_TIN_HOC_BA>'
        f"<DANH_SACH_O_KY>{''.join(map(_row, PEOPLE))}</DANH_SACH_O_KY></DU_LIEU_HOC_BA>"
        f"<DANH_SACH_THONG_TIN_KY><DANH_SACH_GVBM>{teachers}</DANH_SACH_GVBM>"
        '<GVCN Id="ky-GVCN"></GVCN></DANH_SACH_THONG_TIN_KY><PHAT_HANH_HOC_BA><CBQL Id="ky-CBQL"></CBQL>'
        '<KY_PHAT_HANH Id="ky-KY_PHAT_HANH"></KY_PHAT_HANH></PHAT_HANH_HOC_BA></HOC_BA>'
    ).encode()


def _row(slot: str) -> str:
    role = slot.split("-", maxsplit=1)[0]
    covers = {"GVBM": slot.replace("GVBM", "dtk"), "GVCN": "thongtinhocba"}.get(role, "data")
    return (
        f"<O_KY><MA>{slot}</MA><VAI_TRO>{role}</VAI_TRO><THAM_CHIEU>{covers}</THAM_CHIEU>"
        f"<NGUOI_KY>{holder(slot)}</NGUOI_KY><HO_TEN>{PEOPLE[slot]}</HO_TEN></O_KY>"
    )
