"""Which requests a fault may act on."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from chaosmod.faults.request import Request

__all__ = ["Match", "ModulePattern", "resolve"]

_ROLE = re.compile(r"\{(direct|indirect)(:[1-9][0-9]?)?\}")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _one_or_more(item: Any) -> Any:
    many = Annotated[tuple[item, ...], AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1})]
    return Annotated[many | None, BeforeValidator(_as_list)]


def _not_empty(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not min_length: that also complains of a list whose only entry is wrong.
    if not entries:
        raise ValueError("must not be empty: it would match nothing")
    return entries


def _known_role(pattern: str) -> str:
    # No module path holds a brace (golang.org/x/mod/module.CheckPath), so one that is no role would never match.
    if ("{" in pattern or "}" in pattern) and not _ROLE.fullmatch(pattern):
        raise ValueError(
            f"{pattern[:60]!r} is no module role; write {{direct}}, {{indirect}} or {{direct:2}} and nothing else"
        )
    return pattern


ModulePattern = Annotated[str, AfterValidator(_known_role)]
"""A glob over module paths (``path@version`` also), or one module role."""


Role = Literal["primary", "mirror", "sumdb", "vcs"]
File = Literal["list", "latest", "info", "mod", "zip", "supported", "lookup", "tile", "head", "go-get", "other"]


class Match(BaseModel):
    """A pattern over requests: every key that is given must agree; a list means any of its entries.

    ``module``, ``version`` and ``path`` are globs (``*`` crosses slashes) over unescaped names. ``{direct}`` and
    ``{indirect}`` stand for a module of the workspace; their version is the selected one unless ``version`` is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    host: _one_or_more(Role) = Field(None, description="the host by its role")  # type: ignore[valid-type]
    module: _one_or_more(ModulePattern) = Field(None, description="module path: a glob, or a role such as {direct}")  # type: ignore[valid-type]
    version: _one_or_more(str) = Field(None, description="module version: a glob")  # type: ignore[valid-type]
    file: _one_or_more(File) = Field(None, description="what is asked for")  # type: ignore[valid-type]
    method: _one_or_more(str) = Field(None, description="HTTP method")  # type: ignore[valid-type]
    path: _one_or_more(str) = Field(None, description="the decoded request path, without its query or with it: a glob")  # type: ignore[valid-type]
    protocol: Literal["h1", "h2"] | None = Field(None, description="HTTP version of the request")
    scheme: Literal["http", "https"] | None = Field(None, description="with or without TLS")

    def covers(self, request: Request) -> bool:
        """Whether ``request`` agrees with every key. Roles must have been resolved."""
        target = request.target
        return (
            (self.host is None or request.role in self.host)
            and (self.file is None or target.file in self.file)
            and (self.protocol is None or request.protocol == self.protocol)
            and (self.scheme is None or request.scheme == self.scheme)
            and (self.method is None or request.method.upper() in (m.upper() for m in self.method))
            and (
                self.path is None
                or any(_any_glob(self.path, p) for p in (request.path.partition("?")[0], request.path))
            )
            and (self.module is None or any(self._covers_module(m, request) for m in self.module))
            and (self.version is None or _any_glob(self.version, target.version))
        )

    @staticmethod
    def _covers_module(pattern: str, request: Request) -> bool:
        # A resolved role is "path@version": its version holds for requests that name one.
        path, _, version = pattern.partition("@")
        target = request.target
        if not fnmatch.fnmatchcase(target.module, path):
            return False
        return not (version and target.version) or fnmatch.fnmatchcase(target.version, version)


def _any_glob(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)


def resolve(match: Match, modules: Mapping[str, str]) -> Match:
    """``match`` with module roles replaced by ``path@version`` (``path`` alone where a version pattern is given).

    ``modules`` maps ``{direct}``, ``{indirect:2}`` … to ``path@version``. Raises KeyError for a role that is not there.
    """
    if match.module is None:
        return match
    patterns = []
    for pattern in match.module:
        if _ROLE.fullmatch(pattern):
            pattern = _literal(modules[pattern])
            if match.version is not None:
                pattern = pattern.partition("@")[0]
        patterns.append(pattern)
    return match.model_copy(update={"module": tuple(patterns)})


def _literal(text: str) -> str:
    """``text`` as a glob that matches only itself."""
    return re.sub(r"([*?[])", r"[\1]", text)
