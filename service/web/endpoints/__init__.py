"""What machines call: webhooks, installs, tasks, health, the snippet."""
