"""The shapes that services exchange, versioned and without behaviour; a published version never changes."""
