"""Identity owns units, people, guardianship, accounts, grants and tokens; it never knows a mark."""
