"""What outsiders do with the transparency log: read it, remember it, cosign it. Needs its address and its key alone."""
