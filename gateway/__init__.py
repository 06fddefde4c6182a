"""The platform's door for people and programs: HTTP in, one request to a service, an answer out; holds no rule and no data."""
