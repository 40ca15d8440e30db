"""``revad doctor FILE.py:FUNCTION``: find out which operation makes a user's gradient wrong, zero, huge or infinite, and why."""

from __future__ import annotations

import argparse

import numpy as np

from revad.checking.doctor import Diagnosis, diagnose
from revad.commands.inputs import CannotError, bind, function_in_file, line_in, one_line, positions
from revad.errors import RevadError
from revad.reports.terminal import print_json, say, say_table

FINE, FINDINGS = 0, 1


def run(options: argparse.Namespace) -> int:
    """Diagnose a function and print the findings; return 0 if there are none, 1 otherwise.

    Raises
    ------
    CannotError
        The function cannot be run or differentiated.
    """
    try:
        diagnosis = _diagnosis(options)
    except CannotError as error:
        if options.json:
            print_json({"target": options.target, "ok": None, "message": str(error)})
        raise
    if options.json:
        print_json({"target": options.target, **diagnosis.to_json()})
    else:
        _show(diagnosis)
    return FINE if diagnosis.ok else FINDINGS


def _diagnosis(options: argparse.Namespace) -> Diagnosis:
    with function_in_file(options.target) as (module, function, name):
        call = bind(name, function, module, options.at)
        values = tuple(value.copy() if isinstance(value, np.ndarray) else value for value in call.values.values())
        try:
            return diagnose(call.function, *values, argnums=positions(call, options.wrt), seed=options.seed)
        except CannotError:
            raise
        except RevadError as error:
            raise CannotError(f"{one_line(error)}{line_in(module, error)}") from error
        except (Exception, SystemExit) as error:
            raise CannotError(f"the call of {name} raised {one_line(error)}{line_in(module, error)}{call.hint}") from error


def _show(diagnosis: Diagnosis) -> None:
    say(diagnosis.verdict, "good" if diagnosis.ok else diagnosis.moods()[0])
    if not diagnosis.ok:
        print()
        say_table(diagnosis.table(), diagnosis.moods())
    for gradient in diagnosis.gradients if diagnosis.ok else ():
        print(f"  gradient  {gradient.label}: shape {gradient.shape}, largest entry {gradient.peak:.4g}")
    details = diagnosis.details()
    if details:
        print(f"\n{details}")
