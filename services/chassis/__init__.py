"""What every service stands on: transactions, outbox and inbox, RPC, settings, logs; it names no school matter."""
