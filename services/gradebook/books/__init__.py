"""The books that schools print: a school's data in, bytes of a workbook or a PDF out; no query and no clock."""
