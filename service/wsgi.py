"""Entry point for gunicorn and the Flask CLI: the only module with side effects at import."""

import os
import sys

from service.app import create_app
from service.infra.logs import configure_logging
from service.local.keys import with_local_keys
from service.settings import Settings, SettingsError, is_local_run

# gunicorn restarts a worker after every other exit code.
_NEVER_BOOTS = 3

configure_logging()

try:
    environ = with_local_keys(os.environ) if is_local_run(os.environ) else os.environ
    app = create_app(Settings.from_env(environ))
except SettingsError as error:
    sys.stderr.write(f"1Pixel cannot start: {error}\n")
    sys.exit(_NEVER_BOOTS)
