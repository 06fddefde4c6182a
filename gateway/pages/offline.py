"""A page that checks a printed transcript's signed code by itself: once loaded, or kept, it needs no network."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import flask
from markupsafe import Markup

from gateway.backend import admit, ask
from gateway.language import say
from services.contracts.signing.checking import ReadTrust

site = flask.Blueprint("offline", __name__)
STATIC = Path(__file__).parents[1] / "static"
SCRIPTS = ("offline/jsqr.js", "offline/summary.js", "offline/page.js")
WORDS = {
    "VALID": ("Chữ ký của nơi phát hành là đúng", "The issuer's signature is right"),
    "VALID_WHY": (
        (
            "Hãy so các dòng dưới đây với tờ giấy: chúng đúng như khi phát hành. "
            "Có bị thu hồi sau đó không thì cần mạng: hãy quét mã QR thứ nhất."
        ),
        (
            "Compare the lines below with the paper: they are as issued. "
            "Whether it was taken back since needs a network: scan the first QR code."
        ),
    ),
    "FORGED": ("Mã này là giả", "This code is forged"),
    "FORGED_WHY": (
        "Chữ ký không đúng với nội dung; xin đừng sử dụng.",
        "The signature does not fit the content; do not rely on it.",
    ),
    "UNKNOWN_ISSUER": ("Chưa kết luận được", "It cannot be told yet"),
    "UNKNOWN_ISSUER_WHY": (
        "Trang này không có khóa đã ký mã; nó có thể mới hơn trang, xin tải lại trang khi có mạng.",
        "This page lacks the key that signed the code, which may be newer than the page: load it again with a network.",
    ),
    "NOT_A_SUMMARY": ("Đây không phải mã ký của học bạ", "This is no transcript's signed code"),
    "NOT_A_SUMMARY_WHY": (
        "Mã đúng bắt đầu bằng HB1: và là mã thứ hai trong ô con dấu.",
        "The right one begins with HB1: and is the second code in the box of the seal.",
    ),
    "NO_CODE": ("Không thấy mã trong ảnh", "No code was found in the picture"),
    "NO_CODE_WHY": (
        "Hãy chụp gần hơn, đủ sáng, thẳng góc, chỉ lấy mã QR thứ hai.",
        "Take it closer, in good light, straight on, with the second QR code alone.",
    ),
    "NO_CAMERA": ("Không mở được máy ảnh", "The camera cannot be opened"),
    "NO_CAMERA_WHY": (
        "Trình duyệt không cho dùng máy ảnh ở đây; hãy chụp ảnh rồi chọn tệp ảnh.",
        "The browser lends no camera here; take a picture and choose its file.",
    ),
    "NO_CRYPTO": ("Chưa kiểm tra được ở đây", "It cannot be checked here"),
    "NO_CRYPTO_WHY": (
        "Trình duyệt chỉ kiểm tra chữ ký trên trang mở bằng https; xin mở lại trang này bằng địa chỉ https.",
        "Browsers check signatures only on pages opened by https: open this page again at its https address.",
    ),
    "NO_PICTURE": ("Không mở được tệp ảnh", "The picture cannot be opened"),
    "NO_PICTURE_WHY": (
        "Tệp này không phải ảnh mà trình duyệt đọc được; hãy chọn ảnh JPEG hoặc PNG.",
        "The file is no picture that the browser can read; choose a JPEG or PNG.",
    ),
    "LOOKING": ("Đang tìm mã trong ảnh…", "Looking for the code in the picture…"),
    "OPEN_CAMERA": ("Mở máy ảnh", "Open the camera"),
    "STOP_CAMERA": ("Tắt máy ảnh", "Close the camera"),
    "SAME": (
        "Tệp PDF chứa đúng dữ liệu mà tờ giấy này nói. Chữ ký trong tệp thì cần mạng: hãy kiểm tra ở trang /verify.",
        "The PDF file holds the very data that this paper tells. Its signatures need a network: check it at /verify.",
    ),
    "OTHER": ("Tệp PDF không chứa dữ liệu của tờ giấy này.", "The PDF file does not hold the data of this paper."),
    "pupil": ("Học sinh", "Pupil"),
    "bornOn": ("Ngày sinh", "Date of birth"),
    "school": ("Trường", "School"),
    "className": ("Lớp, năm học", "Class, school year"),
    "results": ("Kết quả", "Results"),
    "code": ("Mã tra cứu", "Code"),
    "version": ("phiên bản", "version"),
    "issuedAt": ("Phát hành", "Issued"),
}


@site.get("/verify/offline")
def show() -> flask.Response:
    trust = ask(ReadTrust(), admit(ReadTrust))
    style, scripts = _text("pages.css"), [_text(name) for name in SCRIPTS]
    page = flask.render_template(
        "offline.html",
        style=Markup(style),  # noqa: S704 - our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - likewise
        issuers={one.key_id: _jwk(one.x, one.y) for one in trust.summary_keys},
        words={name: say(*both) for name, both in WORDS.items()},
        taken_on=trust.told_at,
    )
    response = flask.Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _policy([style], scripts)
    return response


def _jwk(x: str, y: str) -> dict[str, Any]:
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Only these very texts run, and nothing is sent or fetched: what is checked stays in the browser."""
    return (
        f"default-src 'none'; style-src {_sources(styles)}; script-src {_sources(scripts)}; "
        "media-src blob: mediastream:; img-src blob: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _sources(texts: Sequence[str]) -> str:
    return " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


@cache
def _text(name: str) -> str:
    return (STATIC / name).read_text()
