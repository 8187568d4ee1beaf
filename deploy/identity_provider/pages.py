"""The pages a person sees: whom to log in as, and what is wrong when that cannot be asked."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.identity_provider.client import Client
from deploy.identity_provider.people import People, Person
from deploy.identity_provider.wording import GROUPS, WORDING, language

FOLDER = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """Draws them; nothing on them runs, and nothing comes from elsewhere."""

    def __init__(self, people: People, client: Client) -> None:
        self._people, self._client = people, client
        templates = FileSystemLoader(FOLDER / "templates")
        self._templates = Environment(loader=templates, autoescape=True, undefined=StrictUndefined)

    def choice(self, request_uri: str, wanted: str) -> HTMLResponse:
        """Everybody one may log in as."""
        groups: dict[str, list[Person]] = {}
        for person in self._people.all():
            groups.setdefault(person.group, []).append(person)
        return self._page("choose.html", wanted, request_uri=request_uri, groups=groups)

    def gone(self, request: Request) -> HTMLResponse:
        """The login is over, or never was."""
        wanted = request.headers.get("accept-language", "").replace(",", " ").replace(";", " ")
        return self._page("gone.html", wanted, 400)

    def logged_out(self) -> HTMLResponse:
        return self._page("out.html", "")

    def _page(self, name: str, wanted: str, status: int = 200, **shown: object) -> HTMLResponse:
        spoken = language(wanted)
        template = self._templates.get_template(name)
        said = {"say": WORDING[spoken], "groups_say": GROUPS[spoken], "language": spoken}
        html = template.render(**said, portal=self._client.after_logout, **shown)
        return HTMLResponse(html, status, {**HEADERS, "Content-Security-Policy": self._policy()})

    def _policy(self) -> str:
        """The choice is sent here and answered by sending the browser on to the portal: a form may lead there too."""
        return (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {self._client.origin}"
        )
