"""A timestamp authority (RFC 3161) for development: its certificate says that it has no legal value."""
