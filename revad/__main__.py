"""``python -m revad`` is the `revad` command."""

from revad.commands.main import main

raise SystemExit(main())
