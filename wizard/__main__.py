"""The command `audience-wizard`, as `python -m wizard`."""

import sys

if not sys.flags.safe_path and len(sys.path) > 1:
    del sys.path[0]  # the working folder: a module there must not be loaded in place of a library

from wizard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
