"""Signed copies of paper transcripts: from a scan to a document, which is never taken for an original."""
