"""The platform's door for people and programs: HTTP in, a request to a service, an answer out; no rule, no data."""
