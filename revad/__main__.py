"""``python -m revad`` is the `revad` command."""

from revad.cli import main

raise SystemExit(main())
