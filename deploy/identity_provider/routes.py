"""The addresses of the provider: for programs, and for the browser."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse

from deploy.identity_provider.client import ALGORITHMS
from deploy.identity_provider.pages import FOLDER, Pages
from deploy.identity_provider.provider import REQUEST_SECONDS, SCOPES, Provider

router = APIRouter()
NOT_KEPT = {"Cache-Control": "no-store"}


async def _provider(request: Request) -> Provider:
    found: Provider = request.app.state.provider
    return found


async def _pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


async def _form(request: Request) -> dict[str, str]:
    """The form as sent; a field that comes twice counts for nothing."""
    sent = await request.form()
    return {name: value for name in sent if isinstance(value := sent[name], str) and len(sent.getlist(name)) == 1}


Providing = Annotated[Provider, Depends(_provider)]
Showing = Annotated[Pages, Depends(_pages)]
Sent = Annotated[dict[str, str], Depends(_form)]


@router.get("/.well-known/openid-configuration")
async def discovery(provider: Providing) -> dict[str, Any]:
    """What there is here, as the standard has it said."""
    issuer = provider.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "end_session_endpoint": f"{issuer}/logout",
        "require_pushed_authorization_requests": True,
        "authorization_response_iss_parameter_supported": True,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": list(SCOPES),
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["nb", "nn", "en"],
        "aarring_trial": True,
    }


@router.get("/jwks")
async def jwks(provider: Providing) -> dict[str, Any]:
    """The public keys the tokens are signed with."""
    return provider.signer.keys()


@router.post("/par")
async def push(provider: Providing, sent: Sent) -> JSONResponse:
    """Take in a request for a login."""
    body = {"request_uri": provider.push(sent), "expires_in": REQUEST_SECONDS}
    return JSONResponse(body, 201, NOT_KEPT)


@router.get("/authorize")
async def ask(
    provider: Providing, pages: Showing, request: Request, client_id: str = "", request_uri: str = ""
) -> Response:
    """Whom to log in as; what the request is was pushed before."""
    asked = provider.requests.look(request_uri)
    if asked is None or asked["client_id"] != client_id:
        return pages.gone(request)
    return pages.choice(request_uri, asked.get("ui_locales", ""))


@router.post("/authorize")
async def choose(
    provider: Providing,
    pages: Showing,
    request: Request,
    request_uri: Annotated[str, Form()] = "",
    person: Annotated[str, Form()] = "",
) -> Response:
    """Somebody was chosen, or nobody: back to the client, once."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return pages.gone(request)
    asked = provider.requests.take(request_uri)
    if asked is None:
        return pages.gone(request)
    return RedirectResponse(provider.choose(asked, person), 303, NOT_KEPT)


@router.post("/token")
async def token(provider: Providing, request: Request, sent: Sent) -> JSONResponse:
    """Tokens for a code, for the client itself alone, and bound to the key it shows."""
    provider.client.must_be_it(sent)
    thumbprint = provider.proofs.thumbprint(request)
    return JSONResponse(provider.redeem(sent, thumbprint), headers=NOT_KEPT)


@router.get("/logout")
async def logout(
    provider: Providing, pages: Showing, client_id: str = "", post_logout_redirect_uri: str = "", state: str = ""
) -> Response:
    """Nobody stays logged in here: back to where the client is known to want it, else a page that says so."""
    if (client_id, post_logout_redirect_uri) != (provider.client.id, provider.client.after_logout):
        return pages.logged_out()
    return RedirectResponse(post_logout_redirect_uri + (f"?{urlencode({'state': state})}" if state else ""), 303)


@router.get("/identity.css")
async def style() -> FileResponse:
    return FileResponse(FOLDER / "static/identity.css", media_type="text/css")


@router.get("/health")
@router.get("/health/live")
@router.get("/health/ready")
async def ready() -> dict[str, Any]:
    """There is nothing it needs: where it answers, it works."""
    return {"ready": True, "degraded": [], "checks": {}}
