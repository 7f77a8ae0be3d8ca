"""`python -m buttress` is the command line."""

import sys

from buttress.cli import run

if __name__ == "__main__":
    sys.exit(run())
