"""What a template says the same each time is worked out once, when it is compiled for its language."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup


class Folding(Environment):
    """Jinja's environment for one language: texts and addresses that no page changes are not looked up for each.

    ``says`` holds the texts.  ``always`` are functions by the name templates know them by, each of which gives the
    same for the same words as long as the process lives.
    """

    def __init__(
        self, says: gettext.NullTranslations, always: dict[str, Callable[[str], str]], **options: Any
    ) -> None:
        super().__init__(**options)
        self.install_gettext_translations(says, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension's
        text, texts = says.gettext, says.ngettext

        # Jinja's own would be handed all that the template knows, which is copied for every call within a loop.
        def one(message: str, /, **values: Any) -> Markup:
            return Markup(text(message)) % values  # noqa: S704  # the catalogues are ours; what is filled in is escaped

        def many(message: str, messages: str, num: int, /, **values: Any) -> Markup:
            return Markup(texts(message, messages, num)) % {"num": num, **values}  # noqa: S704  # as above

        self.globals |= always | {"_": one, "gettext": one, "ngettext": many}
        self._folded = always | {"_": one, "gettext": one}

    def _generate(self, source: nodes.Template, *named: Any, **more: Any) -> str:
        """Jinja's hook: the tree of a template, just before it becomes Python."""
        folded = _Folded(self._folded).visit(source)
        return super()._generate(folded.set_environment(self), *named, **more)


class _Folded(NodeTransformer):
    """Puts in place of a call with one constant what it gives."""

    def __init__(self, known: dict[str, Callable[[str], str]]) -> None:
        self._known = known

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802  the visitor's name for it
        self.generic_visit(call)
        match call:
            case nodes.Call(
                node=nodes.Name(name=name), args=[nodes.Const(value=str() as word)], kwargs=[], dyn_args=None
            ) if name in self._known and call.dyn_kwargs is None:
                return _constant(self._known[name](word), call.lineno)
        return call


def _constant(said: str, line: int) -> nodes.Expr:
    """A value that Jinja escapes when the template is compiled, unless it is markup already."""
    found = nodes.Const(said, lineno=line)
    return nodes.MarkSafe(found, lineno=line) if isinstance(said, Markup) else found
