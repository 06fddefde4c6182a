"""What every service stands on: transactions, outbox and inbox, RPC, settings, logs, metrics; it names no school matter."""
