"""What is added to signatures so that they can be checked when certificates, authorities and algorithms have aged."""
