"""Identity owns units, people, guardianship, accounts, grants, tokens and the access log; it never knows a mark."""
