"""Reminders to members of staff about their own duties, at their work address, until they switch them off."""
