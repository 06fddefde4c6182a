"""The audit of the mark ledger from outside of the services: everything is read and recomputed, and faults located."""
