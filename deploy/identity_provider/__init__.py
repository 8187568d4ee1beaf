"""An identity provider for development and tests: one chooses among invented people, and nobody proves anything.

It speaks as the real ones do (pushed requests, PKCE, signed client assertions, proofs of possession with a nonce), so
that what the portal does towards them is tried here.  It never runs in production, and is refused there.
"""
