"""How the process of a service manages its memory, settled once, when everything it is made of is there."""

from __future__ import annotations

import gc

from fastapi import FastAPI

YOUNG, MIDDLE, OLD = 20_000, 10, 100
"""When the collector looks for cycles: 64 requests at once hold some thousand things, and leave hardly any behind."""


def settled(app: FastAPI) -> FastAPI:
    """``app``, with what lasts as long as the process left alone by the collector of reference cycles.

    By default it would look through all modules and models every few hundred requests, while everybody waits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    return app
