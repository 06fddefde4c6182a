"""What a file that a person sends means for this school: whose row it is, which subject, what may stand where. Pure."""
