"""The reasons for which a file is refused before any of its cells is understood."""

from services.chassis.workbook.cells import Fault

MIB = 1024 * 1024
MOST_BYTES = 5 * MIB
MOST_UNPACKED_BYTES = 64 * MIB
MOST_RATIO = 250  # of unpacked to packed size; the emptiest formatted sheets of Excel come to some sixty
MOST_MEMBERS = 1000  # files inside a workbook
MOST_CELLS = 1_000_000  # of the rectangles that the sheets span: the reader holds all of them, filled or not
HEADING_WITHIN = 15  # rows

TOO_LARGE = Fault(
    code="too_large",
    vi="Tệp quá lớn; hãy tách thành nhiều tệp nhỏ hơn (mỗi lớp hoặc mỗi khối một tệp)",
    en="The file is too large; split it into smaller ones, one for each class or grade",
)
PACKED_TOO_TIGHTLY = Fault(
    code="packed_too_tightly",
    vi="Tệp nén bất thường nên không được mở; hãy mở bằng Excel và lưu lại thành .xlsx",
    en="The file is packed in an unusual way and was not opened; open it in Excel and save it again as .xlsx",
)
NOT_A_WORKBOOK = Fault(
    code="not_a_workbook",
    vi="Không đọc được như bảng tính; chỉ nhận tệp .xlsx, .xls hoặc .csv còn nguyên vẹn",
    en="Not readable as a spreadsheet; only whole .xlsx, .xls and .csv files are accepted",
)
OTHER_FORMAT = Fault(
    code="other_format",
    vi="Đây là bảng tính dạng khác (ODS, XLSB, trang web…); hãy mở bằng Excel và lưu lại thành .xlsx",
    en="A spreadsheet of another form (ODS, XLSB, a web page …); open it in Excel and save it again as .xlsx",
)
HAS_PASSWORD = Fault(
    code="has_password",
    vi="Tệp có mật khẩu nên không đọc được; hãy bỏ mật khẩu rồi nộp lại",
    en="The file is protected by a password; remove the password and send it again",
)
HAS_DTD = Fault(
    code="has_dtd",
    vi="Tệp chứa khai báo XML không được phép (DTD, thực thể); hãy mở bằng Excel và lưu lại thành .xlsx",
    en="The file holds forbidden XML declarations (DTD, entities); open it in Excel and save it again as .xlsx",
)
NOT_UNICODE = Fault(
    code="not_unicode",
    vi="Chữ trong tệp không theo mã Unicode (có thể là TCVN3, VNI hay Windows-1258); "
    "hãy lưu lại từ Excel với dạng “CSV UTF-8”",
    en="The text is not in Unicode (perhaps TCVN3, VNI or Windows-1258); save it from Excel as “CSV UTF-8”",
)
TOO_HEAVY = Fault(
    code="too_heavy",
    vi="Đọc tệp này tốn quá nhiều bộ nhớ hoặc thời gian nên đã dừng; "
    "hãy chép riêng phần dữ liệu sang một tệp mới rồi nộp lại",
    en="Reading this file took too much memory or time and was stopped; copy the data alone into a new file",
)
READER_FAILED = Fault(
    code="reader_failed",
    vi="Việc đọc tệp bị dừng giữa chừng vì tệp có điều chưa lường trước; hãy chép riêng phần dữ liệu sang một tệp mới",
    en="Reading the file stopped at something unforeseen in it; copy the data alone into a new file",
)
FORMULA = Fault(
    code="formula",
    vi="Ô chứa công thức; hãy chép và dán lại dưới dạng giá trị (Paste Values)",
    en="The cell holds a formula; copy it and paste it back as a value",
)
FORMULA_ERROR = Fault(
    code="formula_error",
    vi="Ô chứa công thức bị lỗi; hãy nhập lại giá trị",
    en="The cell holds a formula that failed; type its value",
)
NO_ROWS = Fault(code="no_rows", vi="Không có dòng dữ liệu nào dưới tiêu đề", en="No rows of data below the headings")
MISSING_HEADING = Fault(
    code="missing_heading",
    vi=f"Không thấy cột này trong {HEADING_WITHIN} dòng đầu",
    en=f"This column is not found within the first {HEADING_WITHIN} rows",
)
REPEATED_HEADING = Fault(code="repeated_heading", vi="Cột này có hai lần", en="This column stands twice")
REPEATED_VALUE = Fault(code="repeated_value", vi="Đã có ở dòng trên", en="Already stands in a row above")
