"""``chaosmod doctor``: what works here."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaosmod.doctor import Report

__all__ = ["arguments", "run"]

_WORDS = {"works": "works", "missing": "DOES NOT", "info": "not here"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The form."""
    parser.add_argument("--json", action="store_true", help="everything, as JSON")


def run(given: argparse.Namespace) -> int:
    """Print what was found; 0 where scenarios can be run here."""
    from chaosmod.doctor import examine

    report = examine()
    if given.json:
        json.dump(_plain(report), sys.stdout, indent=2)
        print()
        return 0 if report.usable else 1
    for finding in report.findings:
        print(f"{finding.name:<14} {_WORDS[finding.status]:<9} {finding.text}")
        if finding.remedy:
            print(f"{'':<24} -> {finding.remedy}")
    print()
    for runner in report.abilities:
        fine = [kind for kind, lacks in report.faults.items() if not lacks[runner]]
        print(f"faults in the {runner}: {', '.join(fine)}")
        for kind, lacks in report.faults.items():
            if lacks[runner]:
                print(f"  not {kind}: needs {lacks[runner]}")
    print("scenarios can be run here" if report.usable else "scenarios cannot be run here")
    return 0 if report.usable else 1


def _plain(report: Report) -> dict[str, object]:
    return {
        "usable": report.usable,
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
        "runners": {runner: sorted(abilities) for runner, abilities in report.abilities.items()},
        "faults": report.faults,
    }
