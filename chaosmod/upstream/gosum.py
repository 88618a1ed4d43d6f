"""go.sum as ``go mod tidy`` would write it, for a go.mod whose requirements are already complete."""

from __future__ import annotations

from collections.abc import Callable

from chaosmod.errors import UpstreamError
from chaosmod.upstream import modpath

__all__ = ["go_sum", "requirements"]


def requirements(gomod: str) -> list[tuple[str, str]]:
    """The (module, version) of each ``require`` that no ``replace`` leads to a local folder."""
    required: list[tuple[str, str]] = []
    local: set[str] = set()
    block = ""
    for line in gomod.splitlines():
        words = line.partition("//")[0].split()
        if not words:
            continue
        if words == [")"]:
            block = ""
        elif words[-1] == "(":
            block = words[0]
        else:
            verb, *rest = [block, *words] if block else words
            if verb == "require":
                required.append((rest[0], rest[1]))
            elif verb == "replace" and rest[-1].startswith(("./", "../", "/")):
                local.add(rest[0])
    return [r for r in required if r[0] not in local]


def go_sum(gomod: str, sums: Callable[[str, str], tuple[str, str] | None]) -> str:
    """The text of go.sum: two lines for each requirement, sorted as cmd/go sorts them (module.Sort).

    Right for a go.mod of ``go 1.17`` or later in which every requirement provides a package: with a pruned module graph
    cmd/go then reads the go.mod of the requirements and of nothing else (modload/buildlist.go, readModGraph).
    Raises UpstreamError for a requirement that ``sums`` does not know.
    """
    lines = []
    for module, version in sorted(requirements(gomod), key=lambda r: (r[0], modpath.version_key(r[1]))):
        found = sums(module, version)
        if found is None:
            raise UpstreamError(f"go.mod requires {module}@{version}, which the upstream does not have")
        lines += [f"{module} {version} {found[0]}\n", f"{module} {version}/go.mod {found[1]}\n"]
    return "".join(lines)
