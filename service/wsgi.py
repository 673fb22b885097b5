"""What a server or the Flask CLI imports; the only import with effects."""

import os
import sys

from service.app import create_app
from service.local.keys import with_local_keys
from service.logs import configure_logging
from service.settings import Settings, SettingsError

configure_logging()

try:
    app = create_app(Settings.from_env(with_local_keys(os.environ)))
except SettingsError as error:
    sys.exit(f"1Pixel cannot start: {error}")
