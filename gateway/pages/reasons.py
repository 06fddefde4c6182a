"""The reasons that a check of a file may give, by code, in words for people: Vietnamese, English."""

REASONS = {
    "too_large": ("Tệp quá lớn so với một học bạ.", "The file is too large for a transcript."),
    "unreadable": ("Không đọc được tệp như một học bạ.", "The file cannot be read as a transcript."),
    "not_canonical": ("Dữ liệu trong tệp không ở dạng chuẩn.", "The data in the file are not in canonical form."),
    "duplicate_id": ("Hai phần của tệp mang cùng một mã.", "Two parts of the file bear the same id."),
    "structure": ("Cấu trúc tệp không phải của một học bạ số.", "The file is not built as a digital transcript is."),
    "data_missing": ("Thiếu dữ liệu học bạ.", "The transcript's data are missing."),
    "slot_list": ("Danh sách người ký không đúng.", "The list of signers is not right."),
    "slot_empty": ("Còn thiếu chữ ký.", "A signature is missing."),
    "class_sheet_mismatch": (
        "Kết quả môn học không khớp bảng ký của lớp.",
        "A subject's results do not match the sheet that its teacher signs for the class.",
    ),
    "unexpected_signature": ("Có chữ ký không thuộc danh sách.", "There is a signature that nobody asked for."),
    "changed_after_signing": ("Tệp bị sửa sau khi ký.", "The file was changed after signing."),
    "signature_malformed": ("Chữ ký hỏng.", "A signature is malformed."),
    "wrong_reference": ("Chữ ký không ký đúng phần của nó.", "A signature covers the wrong part."),
    "digest_mismatch": ("Nội dung khác với nội dung đã ký.", "The content is not what was signed."),
    "signature_mismatch": ("Chữ ký không khớp chứng thư.", "A signature does not match its certificate."),
    "wrong_holder": ("Người ký không phải người phải ký.", "Somebody else signed than had to."),
    "out_of_order": ("Thứ tự ký không đúng.", "The signatures are out of order."),
    "signed_in_future": ("Thời điểm ký ở tương lai.", "A signature is dated in the future."),
    "certificate_purpose": ("Chứng thư không dùng để ký.", "A certificate is not for signing."),
    "certificate_not_valid_then": (
        "Chứng thư không có hiệu lực khi ký.",
        "A certificate was not valid at the time of signing.",
    ),
    "certificate_untrusted": (
        "Chưa nhận ra nơi cấp chứng thư.",
        "The authority behind a certificate is not recognised yet.",
    ),
    "holder_unregistered": (
        "Chứng thư của tổ chức khác cấp; chỉ sổ đăng ký chứng thư mới cho biết là của ai.",
        "Another authority issued a certificate, and only the register can tell whose it is.",
    ),
    "issuer_unknown": (
        "Chưa nhận ra nơi ký tệp này.",
        "Who signed this file is not recognised yet.",
    ),
    "not_signed": ("Tệp không có chữ ký nào.", "The file bears no signature."),
    "covers_part": ("Chữ ký chỉ bao trùm một phần của tệp.", "A signature covers only a part of the file."),
    "algorithm": (
        "Chữ ký dùng thuật toán yếu hoặc không được chấp nhận.",
        "A signature uses an algorithm that is weak or not accepted.",
    ),
    "timestamp_broken": ("Dấu thời gian hỏng hoặc của tệp khác.", "A timestamp is damaged or of another file."),
    "certificate_revoked": ("Ký bằng chứng thư đã bị thu hồi.", "Signed with a certificate that had been revoked."),
    "revoked_unproven": (
        "Chứng thư đã bị thu hồi, và không có gì chứng minh chữ ký được tạo trước đó.",
        "A certificate was revoked, and nothing proves that its signature was made before.",
    ),
    "revocation_unknown": (
        "Chưa biết chứng thư có bị thu hồi hay không.",
        "It is not known whether a certificate has been revoked.",
    ),
    "no_proof_of_time": (
        "Chứng thư đã hết hạn và không còn dấu thời gian chứng minh chữ ký có từ trước.",
        "A certificate has ended, and no timestamp proves any more that the signature is older.",
    ),
    "algorithm_expired": (
        "Thuật toán ký đã lạc hậu và không có dấu thời gian từ trước đó.",
        "The algorithm has aged, and no timestamp from before proves the signature.",
    ),
    "timestamp_untrusted": (
        "Chưa nhận ra tổ chức cấp dấu thời gian.",
        "The authority behind a timestamp is not recognised yet.",
    ),
    "evidence_malformed": (
        "Phần chứng cứ thêm sau khi ký bị hỏng.",
        "What was added as proof after signing is malformed.",
    ),
    "no_code": ("Không thấy mã ký trong ảnh; hãy chụp rõ hơn.", "No signed code is seen; take a sharper picture."),
    "index_mismatch": ("Mục lục của gói không khớp các tệp.", "The package's index does not fit its files."),
    "not_registered": ("Sổ đăng ký không có học bạ này.", "The register has no such transcript."),
    "register_silent": ("Chưa hỏi được sổ đăng ký.", "The register could not be asked."),
    "revoked": ("Nhà trường đã thu hồi học bạ này.", "The school has taken this transcript back."),
}
