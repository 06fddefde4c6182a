"""What is wrong with a backup itself."""

from deploy.local.errors import InstallationError


class DamagedError(InstallationError):
    """The backup is not what it was when it was made, or does not open with this key; the sentence says which."""
