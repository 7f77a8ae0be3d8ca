"""`python -m buttress` is the command line."""

from buttress.cli import main

if __name__ == "__main__":
    main()
