"""Owns guardians' consents and the messages sent to them; never names a mark and keeps no e-mail address."""
