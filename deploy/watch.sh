# The last part of setup.sh, which reads it: logs, alerts and the budget.

request_logs() {
  title "Logs: none of requests whose address carries a token"
  local verb=add exclusions filter
  exclusions=$(ask logging sinks describe _Default --format="value(exclusions.name)")
  [[ $exclusions == *"$NAME-tokens"* ]] && verb=update
  # Commerce7 opens the dashboard with its account token in the address.
  filter='resource.type="cloud_run_revision" AND httpRequest.requestUrl=~"[?&]account="'
  run logging sinks update _Default "--$verb-exclusion=name=$NAME-tokens,filter=$filter"
}

metric() { # name
  local verb=create
  has logging metrics describe "$NAME-$1" && verb=update
  run logging metrics "$verb" "$NAME-$1" --config-from-file="deploy/alerts/metric-$1.json"
}

channel() { # sets CHANNEL to the notification channel's name
  local listed=(beta monitoring channels list --filter="displayName=$NAME" --format="value(name)" --limit=1)
  CHANNEL=$(ask "${listed[@]}")
  if [[ -z $CHANNEL ]]; then
    run beta monitoring channels create --display-name=$NAME --type=email \
      --channel-labels="email_address=$ALERT_EMAIL"
    CHANNEL=$(ask "${listed[@]}")
  fi
}

policy() { # name
  local file=deploy/alerts/$1.json found
  found=$(ask alpha monitoring policies list --filter="displayName=\"1Pixel: $1\"" --format="value(name)")
  if [[ $found ]]; then
    run alpha monitoring policies update "$found" --policy-from-file="$file"
  else
    run alpha monitoring policies create --policy-from-file="$file" \
      --notification-channels="${CHANNEL:-its-name}"
  fi
}

alerts() {
  title "Alerts (docs/runbook.md): alarms of the service, its ports, the sweep, failed requests"
  metric alarms
  metric sweeps
  [[ $(ask monitoring uptime list-configs --filter="displayName=$NAME-ready" --format="value(name)") ]] \
    || run monitoring uptime create $NAME-ready --resource-type=uptime-url --protocol=https \
      --resource-labels="host=${BASE_URL#https://},project_id=$PROJECT" --path=/readyz --period=1 \
      --regions=usa-oregon,usa-iowa,usa-virginia
  channel
  for name in alarm not-ready no-sweep failed-requests; do policy "$name"; done
}

budget() {
  title "Budget"
  [[ $(ask billing budgets list --billing-account="$BILLING_ACCOUNT" \
    --filter="displayName=$NAME" --format="value(name)") ]] \
    || run billing budgets create --billing-account="$BILLING_ACCOUNT" --display-name=$NAME \
      --budget-amount="$MONTHLY_BUDGET" --filter-projects="projects/$PROJECT" \
      --threshold-rule=percent=0.5 --threshold-rule=percent=0.9 --threshold-rule=percent=1.0
}

request_logs
alerts
budget
