"""Identity's only queries: rows in, contract values out; one module for each group of tables."""
