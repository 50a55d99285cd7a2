"""``python -m exporters`` is ``briefpack``."""

from exporters.cli import main

if __name__ == "__main__":
    main()
