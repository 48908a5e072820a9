"""`python -m permq`: the command line without the console script."""

import sys

from permq.cli.main import main

sys.exit(main())
