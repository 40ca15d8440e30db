"""The `revad` command: ``revad demo``, ``revad check FILE.py:FUNCTION``, ``revad doctor FILE.py:FUNCTION``.

Exit status: 0 for success (of a check: agreement), 1 for a derivative that disagrees, 2 for what cannot be done, with one line on
stderr that says why.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from revad import __version__
from revad.errors import RevadError

CANNOT = 2

CHECK_EPILOG = """\
examples:
  revad check model.py:loss --at w=[0.5,-1,2] --at rate=1e-3
  revad check model.py:loss --at data.npz --wrt w
  revad check model.py:loss            (uses example_inputs, defined in model.py)

exit status: 0 the derivatives agree with finite differences, 1 they do not, 2 the check cannot be made
"""

DOCTOR_EPILOG = """\
examples:
  revad doctor model.py:loss --at w=[0.5,-1,2] --at rate=1e-3
  revad doctor model.py:loss --json    (uses example_inputs, defined in model.py)

exit status: 0 nothing is wrong, 1 there are findings, 2 the function cannot be run or differentiated
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="revad",
        description="Derivatives of ordinary Python functions written with ordinary NumPy.",
        epilog="revad COMMAND --help tells more about a command.",
    )
    top.add_argument("--version", action="version", version=f"revad {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    raw = argparse.RawDescriptionHelpFormatter

    demo = commands.add_parser(
        "demo",
        help="fit a model to real data and train neural nets, and check a gradient",
        description="Fit a plain NumPy likelihood to real data after checking its gradient with finite differences; then train a "
        "feedforward, a convolutional and a recurrent net on real data, and write a report about them (under two minutes).",
    )
    demo.add_argument("name", nargs="?", metavar="NAME", help="which demonstration: fit or networks (by default both)")
    demo.add_argument("--list", action="store_true", help="say which demonstrations there are")
    demo.add_argument("--quick", action="store_true", help="train the nets for some seconds only, which shows in the results")
    demo.add_argument(
        "--report", metavar="FILE", default="revad-demo.html", help="where the report on the nets goes (default: %(default)s)"
    )

    check = commands.add_parser(
        "check",
        help="differentiate a function in a file, and compare with finite differences",
        description="Differentiate a function in a file, print value and gradient, and compare with finite differences.",
        epilog=CHECK_EPILOG,
        formatter_class=raw,
    )
    _add_inputs(check)
    check.add_argument(
        "--order", type=int, choices=(1, 2, 3), default=1, help="also check derivatives of derivatives (default: 1)"
    )

    doctor = commands.add_parser(
        "doctor",
        help="find out which operation makes a gradient wrong, zero, huge or infinite, and why",
        description="Test each operation of a function in a file, watch the reverse sweep, and report what is wrong: operation, line, cause.",
        epilog=DOCTOR_EPILOG,
        formatter_class=raw,
    )
    _add_inputs(doctor)
    return top


def _add_inputs(command: argparse.ArgumentParser) -> None:
    """Add what a command needs that runs a user's function."""
    command.add_argument("target", metavar="FILE.py:FUNCTION", help="the function to differentiate")
    command.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter's value, as in x=1.5 or x=[1,2,3] (lists become float arrays), or an .npz file with arrays by "
        "parameter name; may be repeated. Without it, values come from example_inputs in the file: a tuple, a dict, or a "
        "function that returns one",
    )
    command.add_argument(
        "--wrt", metavar="NAMES", help="parameters to differentiate, separated by commas (default: all of floating type)"
    )
    command.add_argument("--seed", type=int, default=0, help="seed of the random directions (default: 0)")
    command.add_argument("--json", action="store_true", help="print the report as JSON, for other programs")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``revad``; by default those of the process.

    Examples
    --------
    >>> main(["check", "no_such_file.py:loss"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # mathematical letters must not stop a terminal that has none
            stream.reconfigure(errors="backslashreplace")
    top = parser()
    options = top.parse_args(arguments)
    if options.command is None:
        top.print_help()
        return 0
    from revad.commands.inputs import CannotError

    try:
        if options.command == "demo":
            from revad import demo

            if options.list:
                print(demo.names())
                return 0
            return demo.run(options.name, demo.Options(quick=options.quick, report=Path(options.report)))
        from revad.commands import check, doctor

        return doctor.run(options) if options.command == "doctor" else check.run(options)
    except (CannotError, RevadError) as error:
        print(f"revad {options.command}: {error}", file=sys.stderr)
        return CANNOT
