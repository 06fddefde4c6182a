"""The services of the platform; each owns its database and imports only itself, contracts and chassis."""
