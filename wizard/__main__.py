"""The command `audience-wizard`, as `python -m wizard`."""

from wizard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
