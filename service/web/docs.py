"""The documentation's pages: public, and never framed."""

from flask import Blueprint, render_template

from service.web.current import settings
from service.web.problems import theme

docs = Blueprint("docs", __name__)


@docs.get("/docs")
def documentation() -> str:
    """Show the documentation."""
    return render_template("docs.html", support_email=settings().support_email, theme=theme())
