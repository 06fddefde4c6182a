"""Why gradebook refuses, one module for each of its matters."""
