"""Transcript owns the học bạ: frozen data, documents, life cycle, public verification; it never computes an average."""
