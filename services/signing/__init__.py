"""Signing owns certificates, keys, sessions and signature slots; it never signs what the owner does not confirm."""
