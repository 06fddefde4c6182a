"""Backups of a local installation, encrypted at rest, and restores that prove what they brought back."""
