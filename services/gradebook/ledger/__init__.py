"""The mark ledger: a chained history (chain), the service's seals on it (seals), what is wrong with it (examining)."""

from services.gradebook.ledger.chain import Entry, chain, genesis, link

__all__ = ["Entry", "chain", "genesis", "link"]
