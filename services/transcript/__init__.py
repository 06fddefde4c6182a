"""Transcript owns the học bạ: frozen data, documents, life cycle and public verification; it never computes an average."""
