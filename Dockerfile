# The service's image. deploy/image.py carries out the same stages without Docker, and tries the result.

# What browsers load, from npm.
FROM node:24.19.0-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc build.mjs ./
COPY snippet snippet
COPY static/css static/css
COPY static/js static/js
RUN npm ci --omit=dev --no-audit --no-fund && node build.mjs

# The libraries, without the names of places, carriers and time zones of phone numbers and without
# countries' names in other languages, which nothing here reads.
FROM python:3.11.14-slim-bookworm AS libraries
WORKDIR /build
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-compile --require-hashes --target=/libraries -r requirements.txt \
 && rm -r /libraries/phonenumbers/geodata /libraries/phonenumbers/carrierdata /libraries/phonenumbers/tzdata \
    /libraries/pycountry/locales

# The service. No build tools, no tests, not root.
FROM python:3.11.14-slim-bookworm
# The stack of a crashed interpreter goes to the log; it has names of functions, no values.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1 PORT=8080
WORKDIR /app
COPY --from=libraries /libraries /usr/local/lib/python3.11/site-packages
COPY gunicorn.conf.py ./
COPY service service
COPY templates templates
COPY static static
COPY --from=assets /build/static/built static/built
COPY --from=assets /build/static/snippet static/snippet
# Compiled here, so that no cold start has to; the image does not change, so no start looks whether
# a file has.
RUN python -m compileall -q --invalidation-mode=unchecked-hash service /usr/local/lib/python3.11/site-packages
USER 65532:65532
CMD ["python", "-m", "gunicorn", "-c", "gunicorn.conf.py", "--worker-tmp-dir", "/dev/shm", "service.wsgi:app"]
