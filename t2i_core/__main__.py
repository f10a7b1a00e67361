"""python -m t2i_core: the command line."""

import sys

from t2i_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
