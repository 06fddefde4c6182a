"""The names of subjects in reasons, for the codes that are commonly used."""

from functools import lru_cache

NAMES = {
    "toan": "Toán",
    "van": "Ngữ văn",
    "ngu_van": "Ngữ văn",
    "tv": "Tiếng Việt",
    "tieng_viet": "Tiếng Việt",
    "nn1": "Ngoại ngữ 1",
    "ngoai_ngu": "Ngoại ngữ",
    "ngoai_ngu_1": "Ngoại ngữ 1",
    "tieng_anh": "Tiếng Anh",
    "nn2": "Ngoại ngữ 2",
    "gdcd": "Giáo dục công dân",
    "lsdl": "Lịch sử và Địa lí",
    "lich_su_dia_li": "Lịch sử và Địa lí",
    "khtn": "Khoa học tự nhiên",
    "khoa_hoc": "Khoa học",
    "cn": "Công nghệ",
    "cong_nghe": "Công nghệ",
    "tin": "Tin học",
    "tin_hoc": "Tin học",
    "tin_hoc_cong_nghe": "Tin học và Công nghệ",
    "lich_su": "Lịch sử",
    "dia_li": "Địa lí",
    "vat_li": "Vật lí",
    "hoa_hoc": "Hóa học",
    "sinh_hoc": "Sinh học",
    "gdktpl": "Giáo dục kinh tế và pháp luật",
    "gdqp": "Giáo dục quốc phòng và an ninh",
    "gdtc": "Giáo dục thể chất",
    "the_duc": "Thể dục",
    "nt": "Nghệ thuật",
    "nghe_thuat": "Nghệ thuật",
    "am_nhac": "Âm nhạc",
    "mi_thuat": "Mĩ thuật",
    "hdtn": "Hoạt động trải nghiệm",
    "gddp": "Nội dung giáo dục của địa phương",
    "dao_duc": "Đạo đức",
    "tnxh": "Tự nhiên và Xã hội",
    "tieng_dan_toc": "Tiếng dân tộc thiểu số",
}


@lru_cache(maxsize=1024)
def name_of(code: str) -> str:
    """The subject's name; a code not listed stands for itself."""
    return NAMES.get(code.casefold(), code)
