"""Cases of the law of assessment in JSON, answered without a database; docs/law.md describes them."""
