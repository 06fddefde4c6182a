"""The pages for people without a client of their own; `ALL` is what the application serves."""

from gateway.pages import account, desk, verify

ALL = (account.site, desk.site, verify.site)
