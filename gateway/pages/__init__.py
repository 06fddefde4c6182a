"""The pages for people without a client of their own; `ALL` is what the application serves."""

from gateway.pages import account, desk, statistics, verify

ALL = (account.site, desk.site, statistics.site, verify.site)
