"""Signing owns certificates, keys, signing sessions and signature slots; it never signs what the owner does not confirm."""
