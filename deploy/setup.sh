#!/usr/bin/env bash
# Sets up everything on Google Cloud that 1Pixel runs on. It may be run again at any time: what is
# there is kept or updated, and no secret is drawn twice. docs/deploy.md is the page around it.
#
#   deploy/setup.sh            reads deploy/settings
#   deploy/setup.sh --dry-run  prints the commands for an empty project, and runs none
set -euo pipefail
cd "$(dirname "$0")/.."

NAME=onepixel
SETTINGS=${SETTINGS:-deploy/settings}
DRY_RUN=""
case "${1:-}" in
  "") ;;
  --dry-run) DRY_RUN=1 ;;
  *) echo "usage: deploy/setup.sh [--dry-run]" >&2; exit 2 ;;
esac
[[ -f $SETTINGS ]] || { echo "First: cp deploy/settings.example deploy/settings, and fill it in." >&2; exit 2; }
# shellcheck source=deploy/settings.example
source "$SETTINGS"
for needed in PROJECT REGION C7_APP_ID ALERT_EMAIL SUPPORT_EMAIL BILLING_ACCOUNT MONTHLY_BUDGET \
  MIN_INSTANCES MAX_INSTANCES; do
  [[ -n ${!needed:-} ]] || { echo "$SETTINGS: $needed is missing" >&2; exit 2; }
done
export CLOUDSDK_CORE_PROJECT=$PROJECT CLOUDSDK_CORE_DISABLE_PROMPTS=1

# As many as gunicorn.conf.py has. Both queues together may use half of them, and the rest is for
# webhooks and pages (docs/adr/0005-task-answers.md).
THREADS=16
SENDS=$((THREADS * 3 / 8 * MIN_INSTANCES))
BULK=$((THREADS / 8 * MIN_INSTANCES))

ACCOUNTS_HOST=$PROJECT.iam.gserviceaccount.com
RUN_ACCOUNT=$NAME-run@$ACCOUNTS_HOST
TASKS_ACCOUNT=$NAME-tasks@$ACCOUNTS_HOST
DEPLOY_ACCOUNT=$NAME-deploy@$ACCOUNTS_HOST
TESTS_ACCOUNT=$NAME-tests@$ACCOUNTS_HOST
# The bucket in which `gcloud builds submit` puts sources.
SOURCES=gs://${PROJECT}_cloudbuild
# Deployed until the first build is.
PLACEHOLDER=us-docker.pkg.dev/cloudrun/container/hello

title() { echo "== $*" >&2; }

# Runs gcloud, or prints the command.
run() {
  if [[ $DRY_RUN ]]; then
    printf 'gcloud'; printf ' %q' "$@"; echo
  else
    gcloud "$@" >/dev/null
  fi
}

# Prints what gcloud answers; nothing in a dry run, as from an empty project.
ask() { [[ $DRY_RUN ]] || gcloud "$@"; }

has() { [[ -z $DRY_RUN ]] && gcloud "$@" >/dev/null 2>&1; }

apis() {
  title "APIs"
  run services enable artifactregistry.googleapis.com billingbudgets.googleapis.com \
    cloudbuild.googleapis.com cloudscheduler.googleapis.com cloudtasks.googleapis.com \
    firebaserules.googleapis.com firestore.googleapis.com iam.googleapis.com \
    logging.googleapis.com monitoring.googleapis.com run.googleapis.com \
    secretmanager.googleapis.com
}

account() { # name, what it is for
  has iam service-accounts describe "$1@$ACCOUNTS_HOST" \
    || run iam service-accounts create "$1" --display-name="$2"
}

project_role() { # account, role
  run projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$1" --role="$2" \
    --condition=None
}

may_act_as() { # account, the other account
  run iam service-accounts add-iam-policy-binding "$2" --member="serviceAccount:$1" \
    --role=roles/iam.serviceAccountUser
}

accounts() {
  title "Service accounts: the service, its callers, the deploy, the tests"
  account $NAME-run "1Pixel: the service"
  account $NAME-tasks "1Pixel: queues and scheduler call the service as this account"
  account $NAME-deploy "1Pixel: builds and deploys"
  account $NAME-tests "1Pixel: runs the tests, and may do nothing else"
  project_role "$RUN_ACCOUNT" roles/datastore.user
  may_act_as "$RUN_ACCOUNT" "$TASKS_ACCOUNT"
  project_role "$DEPLOY_ACCOUNT" roles/run.developer
  project_role "$DEPLOY_ACCOUNT" roles/cloudbuild.builds.editor
  project_role "$DEPLOY_ACCOUNT" roles/logging.logWriter
  project_role "$DEPLOY_ACCOUNT" roles/logging.viewer # the smoke test reads what was logged
  may_act_as "$DEPLOY_ACCOUNT" "$RUN_ACCOUNT"
  may_act_as "$DEPLOY_ACCOUNT" "$TESTS_ACCOUNT"
  project_role "$TESTS_ACCOUNT" roles/logging.logWriter
}

images_and_sources() {
  title "Where images and sources are kept"
  has artifacts repositories describe $NAME --location="$REGION" \
    || run artifacts repositories create $NAME --location="$REGION" --repository-format=docker
  run artifacts repositories add-iam-policy-binding $NAME --location="$REGION" \
    --member="serviceAccount:$DEPLOY_ACCOUNT" --role=roles/artifactregistry.writer
  has storage buckets describe "$SOURCES" \
    || run storage buckets create "$SOURCES" --location="$REGION" --uniform-bucket-level-access
  run storage buckets add-iam-policy-binding "$SOURCES" \
    --member="serviceAccount:$DEPLOY_ACCOUNT" --role=roles/storage.admin
  run storage buckets add-iam-policy-binding "$SOURCES" \
    --member="serviceAccount:$TESTS_ACCOUNT" --role=roles/storage.objectViewer
}

database() {
  title "Firestore: point-in-time recovery, a daily backup, indexes, expiry, rules"
  if has firestore databases describe --database="(default)"; then
    run firestore databases update --database="(default)" --enable-pitr --delete-protection
  else
    run firestore databases create --location="$REGION" --type=firestore-native --enable-pitr \
      --delete-protection
  fi
  [[ $(ask firestore backups schedules list --database="(default)" --format="value(name)") ]] \
    || run firestore backups schedules create --database="(default)" --recurrence=daily --retention=7d
  if [[ $DRY_RUN ]]; then
    echo "python3 deploy/firestore.py $PROJECT"
  else
    gcloud auth print-access-token | python3 deploy/firestore.py "$PROJECT"
  fi
}

queue() { # name, how many calls at once
  local verb=create
  has tasks queues describe "$1" --location="$REGION" && verb=update
  # The pauses that the service promises between a delivery's four attempts: 30, 60 and 120 s.
  run tasks queues "$verb" "$1" --location="$REGION" --max-concurrent-dispatches="$2" \
    --min-backoff=30s --max-backoff=120s --max-doublings=2 --max-attempts=100
  for role in enqueuer viewer; do
    run tasks queues add-iam-policy-binding "$1" --location="$REGION" \
      --member="serviceAccount:$RUN_ACCOUNT" --role="roles/cloudtasks.$role"
  done
}

queues() {
  title "Queues: one for shoppers' events, one for what may wait"
  queue $NAME-send "$SENDS"
  queue $NAME-bulk "$BULK"
}

secret() { # name, the command that prints its first value
  local name=$NAME-$1 value
  shift
  has secrets describe "$name" || run secrets create "$name" --replication-policy=automatic
  if [[ $DRY_RUN ]]; then
    run secrets versions add "$name" --data-file=-
  elif [[ -z $(version_of "$name") ]]; then
    value=$("$@")
    printf '%s' "$value" | gcloud secrets versions add "$name" --data-file=- >/dev/null
  fi
  run secrets add-iam-policy-binding "$name" --member="serviceAccount:$RUN_ACCOUNT" \
    --role=roles/secretmanager.secretAccessor
}

version_of() { # secret
  ask secrets versions list "$1" --filter=state=enabled --sort-by=~createTime --limit=1 \
    --format="value(name)"
}

# A revision keeps the versions with which it was tried, so a wrong new secret stops no instance.
mounted() { # variable, secret
  local version
  version=$(version_of "$NAME-$2")
  echo "$1=$NAME-$2:${version:-1}"
}

fernet_key() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n'; }
session_key() { openssl rand -hex 32 | tr -d '\n'; }
webhook_user() { printf 'commerce7:%s' "$(openssl rand -hex 24)"; }
typed() { # what to enter
  local value
  read -rsp "$1: " value || true
  echo >&2
  [[ $value ]] || { echo "Nothing was entered. Run deploy/setup.sh again." >&2; return 1; }
  printf '%s' "$value"
}

secrets() {
  title "Secrets"
  secret app-secret typed "The app secret key in Commerce7's App Development Center"
  secret webhook-users webhook_user
  secret session-keys session_key
  secret token-keys fernet_key
  [[ -z ${SMTP_USER:-} ]] || secret smtp-password typed "The password of $SMTP_USER at $SMTP_HOST"
}

base_url() {
  if [[ -z ${BASE_URL:-} ]]; then
    local number
    number=$(ask projects describe "$PROJECT" --format="value(projectNumber)")
    BASE_URL=https://$NAME-${number:-123456789012}.$REGION.run.app
  fi
  AUDIENCE=$BASE_URL/tasks
}

environment() { # prints the service's variables, with | between them
  local lines=(
    "BASE_URL=$BASE_URL"
    "STORE=firestore"
    "QUEUE=cloud-tasks"
    "GOOGLE_CLOUD_PROJECT=$PROJECT"
    "TASKS_LOCATION=$REGION"
    "TASKS_QUEUE=$NAME-send"
    "TASKS_BULK_QUEUE=$NAME-bulk"
    "TASKS_SERVICE_ACCOUNT=$TASKS_ACCOUNT"
    "TASKS_AUDIENCE=$AUDIENCE"
    "META_GRAPH_URL=https://graph.facebook.com"
    "C7_API_URL=https://api.commerce7.com/v1"
    "C7_ADMIN_URL=https://{tenantId}.admin.platform.commerce7.com"
    "C7_APP_ID=$C7_APP_ID"
    "FRAME_ANCESTORS=https://admin.platform.commerce7.com https://*.admin.platform.commerce7.com"
    # Cloud Run's front end says who calls and over what (.env.example).
    "TRUSTED_PROXY_HOPS=1"
    "SUPPORT_EMAIL=$SUPPORT_EMAIL"
  )
  [[ -z ${SMTP_HOST:-} ]] || lines+=("SMTP_HOST=$SMTP_HOST" "SMTP_PORT=$SMTP_PORT" "SMTP_FROM=$SMTP_FROM")
  [[ -z ${SMTP_USER:-} ]] || lines+=("SMTP_USER=$SMTP_USER")
  local IFS='|'
  echo "${lines[*]}"
}

service() {
  title "Cloud Run: the service, and the job for operators' commands"
  local mounts common
  mounts="$(mounted C7_APP_SECRET app-secret),$(mounted C7_WEBHOOK_USERS webhook-users)"
  mounts+=",$(mounted SESSION_KEYS session-keys),$(mounted TOKEN_KEYS token-keys)"
  [[ -z ${SMTP_USER:-} ]] || mounts+=",$(mounted SMTP_PASSWORD smtp-password)"
  common=(--region="$REGION" --service-account="$RUN_ACCOUNT" --cpu=1 --memory=512Mi
    --set-env-vars="^|^$(environment)" --set-secrets="$mounts")
  local serving=("${common[@]}" --concurrency="$THREADS" --min="$MIN_INSTANCES"
    --max-instances="$MAX_INSTANCES" --timeout=300s --cpu-boost
    --startup-probe=httpGet.path=/healthz,periodSeconds=1,timeoutSeconds=1,failureThreshold=60
    --liveness-probe=httpGet.path=/healthz,periodSeconds=30,timeoutSeconds=10,failureThreshold=3)
  if has run services describe $NAME --region="$REGION"; then
    run run services update $NAME "${serving[@]}"
  else
    run run deploy $NAME --image=$PLACEHOLDER "${serving[@]}"
  fi
  # Commerce7, shops' pages and the queue all call it; the app checks each (docs/architecture.md).
  run run services add-iam-policy-binding $NAME --region="$REGION" --member=allUsers \
    --role=roles/run.invoker
  local job=("${common[@]}" --command=python --args=-m,flask,--app,service.wsgi,fleet --task-timeout=1h
    --max-retries=0)
  if has run jobs describe $NAME-operate --region="$REGION"; then
    run run jobs update $NAME-operate "${job[@]}"
  else
    run run jobs create $NAME-operate --image=$PLACEHOLDER "${job[@]}"
  fi
}

sweep() {
  title "Scheduler: the sweep, every minute"
  local verb=create
  has scheduler jobs describe $NAME-sweep --location="$REGION" && verb=update
  run scheduler jobs "$verb" http $NAME-sweep --location="$REGION" --schedule="* * * * *" \
    --uri="$BASE_URL/tasks/sweep" --http-method=POST --attempt-deadline=60s \
    --oidc-service-account-email="$TASKS_ACCOUNT" --oidc-token-audience="$AUDIENCE"
}

apis
accounts
images_and_sources
database
queues
secrets
base_url
service
sweep
# shellcheck source=deploy/watch.sh
source deploy/watch.sh
title "Done. The service's address: $BASE_URL"
