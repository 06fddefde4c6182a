"""Why gradebook refuses files: books, imports, exports, exams and exchanges."""

from services.chassis.errors import Forbidden, Invalid, Refused


class LetterMissing(Refused):
    """The book cannot be printed as PDF: no font of ours has “{text}”. Correct that text, or print a workbook."""

    code = "gradebook.letter_missing"
    vi = "Không in được sổ ra PDF: phông chữ không có “{text}”. Xin sửa chữ đó, hoặc in sổ ra bảng tính."


class NotYourBook(Forbidden):
    """Only the teacher whose book it is, the class's homeroom teacher and the school's leaders print this book."""

    code = "gradebook.not_your_book"
    vi = "Chỉ giáo viên của sổ này, giáo viên chủ nhiệm của lớp và lãnh đạo trường được in sổ."


class NothingToPrint(Refused):
    """This teacher has no mark sheet at the school in {school_year}, so there is no book to print."""

    code = "gradebook.nothing_to_print"
    vi = "Giáo viên không có bảng điểm nào ở trường trong năm học {school_year} nên không có sổ để in."


class ImportExpired(Refused):
    """The preview is older than 24 hours; send the file again."""

    code = "gradebook.import_expired"
    vi = "Bản xem trước đã quá 24 giờ; xin gửi lại tệp."


class ImportHasRefusals(Refused):
    """{count} cells or rows were refused or wait to be confirmed: mend the file, confirm them, or leave them out."""

    code = "gradebook.import_has_refusals"
    vi = "{count} ô hoặc dòng bị từ chối hay chờ xác nhận: hãy sửa tệp, xác nhận, hoặc chọn bỏ qua."


class NotSuggested(Invalid):
    """{count} confirmations name a pupil who was not suggested for that row; confirm one of those suggested."""

    code = "gradebook.not_suggested"
    vi = "{count} xác nhận nêu học sinh không được gợi ý cho dòng đó; hãy chọn trong số được gợi ý."


class ImportMovedOn(Refused):
    """The school's pupils have changed since the preview; send the list again."""

    code = "gradebook.import_moved_on"
    vi = "Học sinh của trường đã thay đổi từ khi xem trước; xin gửi lại danh sách."


class NotOfThisKind(Invalid):
    """This file holds {found}; send it where {found} are imported."""

    code = "gradebook.not_of_this_kind"
    vi = "Tệp này chứa {found}; hãy gửi ở phần nhập {found}."


class LayoutUnfit(Invalid):
    """The layout {layout} does not fit: it has no room for {what}; choose another layout."""

    code = "gradebook.layout_unfit"
    vi = "Mẫu {layout} không phù hợp: không có chỗ cho {what}; hãy chọn mẫu khác."


class PeopleUnknown(Refused):
    """Name, birth date or sex of pupils {codes} is not on record; complete it, then export again."""

    code = "gradebook.people_unknown"
    vi = "Chưa có họ tên, ngày sinh hoặc giới tính của học sinh {codes}; hãy bổ sung rồi xuất lại."


class NotCentralised(Refused):
    """Column {key} is not that of a centralised exam in every class of the grade; make it one first."""

    code = "gradebook.not_centralised"
    vi = "Cột {key} chưa phải là cột thi tập trung ở mọi lớp của khối; cần đặt là cột tập trung trước."


class UnknownRecords(Invalid):
    """{count} answers are not about a record of this sending; nothing was kept."""

    code = "gradebook.unknown_records"
    vi = "{count} câu trả lời không thuộc bản ghi nào của lần gửi này; chưa ghi gì."


class NotAScan(Invalid):
    """A scanned paper is a PDF, a JPEG or a PNG; this file is none of them."""

    code = "gradebook.not_a_scan"
    vi = "Bản chụp văn bản là tệp PDF, JPEG hoặc PNG; tệp này không phải loại nào trong đó."
