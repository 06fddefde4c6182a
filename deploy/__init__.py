"""Deployment and operation: images, the broker's topology, the local installation, the command line."""
