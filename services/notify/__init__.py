"""Owns guardians' consents, the messages to them and reminders to staff; names no mark and keeps no e-mail address."""
