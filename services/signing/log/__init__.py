"""The transparency log: one public Merkle tree over everything issued, which can grow and cannot be rewritten unseen.

`tiles`, `notes`, `checkpoints` and `commitments` are pure, and with the chassis's `merkle` all that an outsider needs.
"""
