# Stage 1: what browsers load, from npm.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc build.mjs ./
COPY snippet snippet
COPY static/css static/css
COPY static/js static/js
RUN npm ci --omit=dev --no-audit --no-fund && node build.mjs

# Stage 2: the service. No build tools, no tests, not root.
FROM python:3.11-slim
# The stack of a crashed interpreter goes to the log; it has names of functions, no values.
ENV PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY gunicorn.conf.py .
COPY service service
COPY templates templates
COPY static static
COPY --from=assets /build/static/built static/built
COPY --from=assets /build/static/snippet static/snippet
# Compiled here, so that no cold start has to.
RUN python -m compileall -q service /usr/local/lib/python3.11/site-packages
USER 65532
ENV PORT=8080
CMD ["gunicorn", "--worker-tmp-dir", "/dev/shm", "service.wsgi:app"]
