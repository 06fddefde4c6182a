"""What gradebook answers and tells, one module for each of its matters."""
