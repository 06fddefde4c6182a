"""The pages for people without a client of their own; `ALL` is what the application serves."""

from gateway.pages import account, desk, offline, person, statistics, verify

ALL = (account.site, desk.site, offline.site, person.site, statistics.site, verify.site)
