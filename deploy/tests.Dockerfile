# The machine that tests a deploy: the image's Python, a browser, and Google's emulators.
FROM google/cloud-sdk:528.0.0-emulators AS google

FROM python:3.11.14-bookworm
# Debian keeps one version of each; the tests say whether it will do.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends chromium openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*
COPY --from=google /usr/lib/google-cloud-sdk /usr/lib/google-cloud-sdk
RUN ln -s /usr/lib/google-cloud-sdk/bin/gcloud /usr/local/bin/gcloud
