"""The environment of a local run and of a public deploy, each complete and nothing more."""

from secrets import token_urlsafe

from cryptography.fernet import Fernet

from service.settings import Settings, SettingsError

KEYS = {"TOKEN_KEYS": Fernet.generate_key().decode(), "SESSION_KEYS": "one"}
PUBLIC = {
    "BASE_URL": "https://1pixel.example",
    "META_GRAPH_URL": "https://graph.example",
    "C7_API_URL": "https://api.example/v1",
    "C7_ADMIN_URL": "https://{tenantId}.admin.example",
    "C7_APP_ID": "our-app",
    "C7_APP_SECRET": token_urlsafe(),
    "C7_WEBHOOK_USERS": f"commerce7:{token_urlsafe()}",
    "FRAME_ANCESTORS": "https://*.admin.example",
    "SESSION_KEYS": token_urlsafe(32),
    "STORE": "firestore",
    "QUEUE": "cloud-tasks",
    "GOOGLE_CLOUD_PROJECT": "project",
    "TASKS_LOCATION": "us-west1",
    "TASKS_QUEUE": "send",
    "TASKS_BULK_QUEUE": "bulk",
    "TASKS_SERVICE_ACCOUNT": "tasks@project.iam.gserviceaccount.com",
    "TASKS_AUDIENCE": "https://1pixel.example/tasks",
}


def settings(**environ: str) -> Settings:
    """Return the settings of a local run with these variables."""
    return Settings.from_env({**KEYS, **environ})


def public_settings(**environ: str) -> Settings:
    """Return the settings of a public deploy with these variables."""
    return Settings.from_env({**KEYS, **PUBLIC, **environ})


def refusal(**environ: str) -> str:
    """Return why a public deploy with these variables does not start; empty if it does."""
    try:
        public_settings(**environ)
    except SettingsError as error:
        return str(error)
    return ""
