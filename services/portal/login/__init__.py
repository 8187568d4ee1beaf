"""Logging in and out by the national identity provider (OpenID Connect)."""
