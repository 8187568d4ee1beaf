"""Why a login came to nothing; each has a page that says what to do."""

from __future__ import annotations


class LoginFailed(Exception):
    """A login that came to nothing; ``code`` says of which kind, the message is for the log and names nobody."""

    code = "login_refused"


class LoginRefused(LoginFailed):
    """What came back does not hold: changed under way, meant for somebody else, or an answer to another question."""


class LoginCancelled(LoginFailed):
    """The person, or the provider, broke the login off."""

    code = "login_cancelled"


class LoginOver(LoginFailed):
    """The answer belongs to a login that is over, that another browser began, or that was used already."""

    code = "login_over"


class LevelTooLow(LoginFailed):
    """The provider is not sure enough of who it is."""

    code = "login_level_too_low"


class ProviderAway(LoginFailed):
    """The identity provider does not answer as it should; it may do so in a while."""

    code = "identity_provider_away"
