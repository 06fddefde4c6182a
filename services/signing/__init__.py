"""Signing owns keys, certificates, signatures and verdicts on them; it never decides what may be signed."""
