"""Checking files away from any installation: whom one believes, and who can be asked."""
