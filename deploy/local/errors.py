"""What stops a local installation, told to the person at the keyboard."""


class InstallationError(Exception):
    """One sentence that says what is wrong and, where it can be known, what to do."""
