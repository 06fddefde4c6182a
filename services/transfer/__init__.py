"""Owns a pupil's move between schools: offers, one-time links, bundles; never keeps a mark or an enrolment."""
