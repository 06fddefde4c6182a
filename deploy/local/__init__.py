"""The platform on one machine without Docker: private servers, their ports and secrets, supervised processes."""
