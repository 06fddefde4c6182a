"""What signing answers and tells, one module for each of its matters."""
