"""A sealed transcript as a 1EdTech CLR 2.0 credential: what it says, and its one written form, a signed VC-JWT."""
