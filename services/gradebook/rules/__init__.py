"""The law of assessment as pure functions: one module per regulation, no database, no clock, no binary fractions."""
