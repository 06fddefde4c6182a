"""Logging in and out, accounts, and the public keys of access tokens."""

import flask

from gateway.backend import Caller, ask
from gateway.endpoints import offer, reply, resource
from services.contracts.identity import ActivateAccount, LogIn, LogOut, ReadMe, ReadTokenKeys, RefreshSession

KEYS_SECONDS = 300
api = resource("sessions", "Đăng nhập và tài khoản (logging in, accounts)")

offer(api, "POST", "/v1/sessions", LogIn)
offer(api, "POST", "/v1/sessions/refresh", RefreshSession)
offer(api, "DELETE", "/v1/sessions", LogOut)
offer(api, "POST", "/v1/activations", ActivateAccount)
offer(api, "GET", "/v1/me", ReadMe)


@api.get("/.well-known/jwks.json", summary="The public keys of access tokens (RFC 7517)")
def read_token_keys() -> flask.Response:
    response = reply(ask(ReadTokenKeys(), Caller()).key_set)
    response.cache_control.public, response.cache_control.max_age = True, KEYS_SECONDS
    return response
