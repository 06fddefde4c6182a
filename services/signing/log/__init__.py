"""The transparency log: one public Merkle tree over everything issued, which can grow and cannot be rewritten unseen.

`tree`, `tiles`, `notes`, `checkpoints` and `commitments` are pure, and are all that an outsider needs.
"""
