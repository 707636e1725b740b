"""Puts the web application together from its rooms. It holds no page and no rule."""

from __future__ import annotations

from flask import Flask

from engine.work import Database, open_database
from webapp import assets, auth, db, errors, i18n, navigation, plan_names, security, uploads
from webapp.admin import views as admin_views
from webapp.auth import views as auth_views
from webapp.cases import views as cases_views
from webapp.inbox import views as inbox_views
from webapp.modeler import views as modeler_views
from webapp.monitor import views as monitor_views
from webapp.organisation import views as organisation_views
from webapp.plans import views as plans_views
from webapp.register import views as register_views
from webapp.settings import Settings

#: The page families. Each has `webapp/<room>/views.py` with a blueprint `bp`.
ROOMS = (
    auth_views,
    inbox_views,
    register_views,
    cases_views,
    monitor_views,
    plans_views,
    modeler_views,
    organisation_views,
    admin_views,
)


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Return the application over `database`, or over a connection pool of its own that `settings` name.

    The schema must be there already (`banjie db upgrade`). Raises EngineError where the settings do not do.
    """
    settings = settings.with_secret_key()
    app = Flask(__name__)
    app.config["BANJIE"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.set_database(app, database or Database(open_database(settings.url), bounds=settings.bounds))
    i18n.init(app, settings.language)
    auth.init(app)  # before the CSRF check, so that an ended session leads to the sign-in page
    security.init(app, settings)
    errors.init(app)
    assets.init(app)
    navigation.init(app)
    uploads.init(app)
    plan_names.init(app)
    app.context_processor(lambda: {"organisation": settings.organisation, "now": db.now()})
    for room in ROOMS:
        app.register_blueprint(room.bp)
    return app
