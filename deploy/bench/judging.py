"""Year results made again from their marks, database included, against the rules alone."""
