"""The pages for people without a client of their own; `ALL` is what the application serves."""

from gateway.pages import account, desk, offline, statistics, verify

ALL = (account.site, desk.site, offline.site, statistics.site, verify.site)
