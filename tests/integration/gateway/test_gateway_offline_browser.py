"""A guardian checks a printed transcript with a phone that has no network, on the page it loaded before."""

import shutil
import subprocess
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image, ImageFilter
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis.objects import Objects
from services.contracts.signing.checking import ReadTrust, SummaryKeyV1, Trust
from services.signing.summary import Issuer
from tests.integration.gateway.browser import Browser
from tests.sealed_paper import code_of, sealed
from tests.unit.gateway.gateway_services import Services
from tests.unit.transcript.papers import papers

MISSING = [program for program in ("chromium", "pdftoppm") if not shutil.which(program)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")

TITLE, NARROW = "document.querySelector('#title').textContent", "document.documentElement.scrollWidth <= 390"
DATA = papers()["THCS"]
VALID, FORGED = "Chữ ký của nơi phát hành là đúng", "Mã này là giả"
NOT_READ = "['', 'Đang tìm mã trong ảnh…'].includes(document.querySelector('#title').textContent)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A sealed transcript as a file, printed, photographed whole, and as a camera sees its seal."""

    pdf: Path
    photo: Path
    seen: Path


@pytest.fixture(scope="module")
def issuer():
    return Issuer(private=ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def paper(issuer, tmp_path_factory):
    place = tmp_path_factory.mktemp("paper")
    one = Paper(pdf=place / "paper.pdf", photo=place / "photo.jpg", seen=place / "seen.mjpeg")
    one.pdf.write_bytes(sealed(DATA, issuer))
    subprocess.run(["pdftoppm", "-r", "300", "-png", "-f", "4", one.pdf, place / "page"], check=True)
    page = Image.open(place / "page-4.png").convert("RGB").rotate(2, resample=Image.BICUBIC, fillcolor="grey")
    page.save(one.photo, quality=80)
    width, height = page.size
    left, top = int(width * 0.05), int(height * 0.60)
    seal = page.crop((left, top, left + width // 2, top + width // 2 * 9 // 16)).resize((1280, 720), Image.BICUBIC)
    seal.filter(ImageFilter.GaussianBlur(0.8)).save(one.seen, "JPEG", quality=80)
    return one


@pytest.fixture(scope="module")
def site(issuer, tmp_path_factory):
    """Serves the page with the issuer's public key; shut down by those who want no network."""
    point = issuer.private.public_key().public_numbers()
    x, y = (urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=") for number in (point.x, point.y))
    services, keys = Services(), (SummaryKeyV1(key_id=issuer.key_id.hex(), x=x, y=y),)
    services.tell(ReadTrust, Trust(roots_pem="", summary_keys=keys, told_at=datetime(2026, 6, 1, tzinfo=UTC)))
    settings = Settings(broker_url="amqp://nowhere", objects="", public_url="https://hocba.example", secret_key="x")
    server = make_server("127.0.0.1", 0, create_app(services, Objects(tmp_path_factory.mktemp("o")), settings))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def phone(paper, site, tmp_path):
    port = site.split(":")[1]
    elsewhere = f"--host-resolver-rules=MAP hocba.example 127.0.0.1:{port}"
    browser = Browser(tmp_path / "profile", camera=paper.seen, arguments=["--lang=vi", elsewhere])
    yield browser
    browser.close()


@pytest.fixture
def offline(phone, site):
    """The page, loaded before the network went."""
    phone.open(f"http://{site}/verify/offline?lang=vi")
    phone.cut_network()
    return phone


def verdict(phone):
    phone.wait(f"!{NOT_READ}")
    return phone.ask(TITLE)


def words(phone):
    return phone.ask("document.body.innerText")


def test_the_camera_is_held_to_the_seal_and_the_page_tells_what_was_issued(offline):
    assert "?" not in words(offline)

    offline.press("#look")

    assert verdict(offline) == VALID
    told = words(offline)
    assert all(one in told for one in (DATA.pupil.name, "01/09/2014", DATA.school.name, "6A, 2025–2026", DATA.code))
    assert "Khá · Tốt · Được lên lớp" in told
    assert "hãy quét mã QR thứ nhất" in told
    assert offline.ask("document.querySelector('#seen').hidden && !document.querySelector('#camera').srcObject")
    assert offline.ask(NARROW)


def test_a_picture_of_the_whole_page_is_enough_and_a_picture_without_a_code_says_so(offline, paper, tmp_path):
    Image.new("RGB", (300, 400), "white").save(tmp_path / "blank.png")

    offline.choose("#picture", paper.photo)
    found = verdict(offline)
    offline.choose("#picture", tmp_path / "blank.png")
    offline.wait(f"{TITLE} === 'Không thấy mã trong ảnh'")

    assert found == VALID
    assert DATA.pupil.name not in words(offline)


def test_the_file_is_compared_with_the_paper_and_another_code_forgets_the_comparison(offline, paper, issuer, tmp_path):
    other = replace(DATA, code="01JZ8M4Q7W3K5X9C2V6T0BNRHE", pupil=replace(DATA.pupil, name="Lê Văn Khác"))
    (tmp_path / "other.pdf").write_bytes(sealed(other, issuer))
    same = "document.querySelector('#same')"
    offline.choose("#picture", paper.photo)
    assert verdict(offline) == VALID

    answers = []
    for file in (paper.pdf, tmp_path / "other.pdf"):
        offline.ask(f"{same}.textContent = ''")
        offline.choose("#pdf", file)
        offline.wait(f"{same}.textContent")
        answers.append(offline.ask(f"{same}.textContent"))
    type_in(offline, code_of(other, issuer))
    offline.wait("document.body.innerText.includes('Lê Văn Khác')")

    assert "chứa đúng dữ liệu" in answers[0]
    assert "không chứa dữ liệu" in answers[1]
    assert offline.ask(f"{same}.hidden")


def test_a_code_of_another_issuer_or_with_other_content_is_not_believed(offline, issuer):
    stranger = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
    theirs, ours = code_of(DATA, stranger), code_of(DATA, issuer)

    type_in(offline, theirs)
    assert verdict(offline) == "Chưa kết luận được"
    type_in(offline, ours[:-4] + ("0000" if ours[-4:] != "0000" else "1111"))
    offline.wait(f"{TITLE} === '{FORGED}'")

    assert DATA.pupil.name not in words(offline)


def test_the_page_kept_as_a_file_checks_as_well(phone, site, paper, tmp_path):
    kept = tmp_path / "kiem-tra.html"
    kept.write_text(requests.get(f"http://{site}/verify/offline?lang=vi", timeout=10).text)
    phone.cut_network()

    phone.open(kept.as_uri())
    phone.choose("#picture", paper.photo)

    assert verdict(phone) == VALID


def test_where_browsers_check_no_signatures_the_page_says_how_to_go_on(phone, issuer):
    phone.open("http://hocba.example/verify/offline?lang=vi")

    type_in(phone, code_of(DATA, issuer))

    assert verdict(phone) == "Chưa kiểm tra được ở đây"
    assert "https" in words(phone)


def type_in(phone, code):
    phone.ask(f"document.querySelector('#code').value = {code!r}")
    phone.press("#typed button")
