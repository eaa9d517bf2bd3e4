"""`python -m matcher_client`."""

import sys

from matcher_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
