"""What the `revad` command does; one module per subcommand. Each takes parsed options and returns an exit status."""
