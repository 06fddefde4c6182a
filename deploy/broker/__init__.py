"""The broker's topology: generated from the contracts, applied at deployment, compared by the doctor."""
