"""gunicorn's settings for a reference: the service's own, but for its queue's threads."""

from pathlib import Path
from runpy import run_path

_OURS = run_path(str(Path(__file__).parents[3] / "gunicorn.conf.py"))
globals().update({name: value for name, value in _OURS.items() if name != "post_worker_init"})
