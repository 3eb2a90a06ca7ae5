# syntax=docker/dockerfile:1

# Pinned to one release of Node on one release of Debian, the pair that the tests run on. A tag can be
# moved, a digest cannot: releases are built with
#   SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) docker buildx build --output type=docker,rewrite-timestamp=true \
#     --build-arg NODE_IMAGE=docker.io/library/node:20.20.2-bookworm-slim@sha256:…
# Without rewrite-timestamp (BuildKit 0.13) only the image bears the commit's time, and its files that of the
# build: other layers each time. That they are equal with it has not been tried on an engine.
ARG NODE_IMAGE=docker.io/library/node:20.20.2-bookworm-slim

# With all tools; also what docker-compose.dev.yml works in.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# First what changes seldom. No package runs an install script (.npmrc), so nothing needs a compiler.
COPY package.json package-lock.json .npmrc ./
# A registry of one's own: --secret id=npmrc,src=$HOME/.npmrc; it leaves no trace in the layers.
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --include=dev

FROM dependencies AS build
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/prepare.mjs scripts/
COPY ai ai
COPY backend backend
COPY corpus corpus
COPY migrations migrations
COPY tasks tasks
COPY web web
RUN node scripts/build.mjs && npm prune --omit=dev
# Chroma is a service of its own on a site; EMBEDDED_CHROMA=1 keeps its server for a single container.
ARG EMBEDDED_CHROMA=0
# Of the package of texts most is 340,000 poems and tables that the default library does not read.
RUN if [ "$EMBEDDED_CHROMA" != 1 ]; then rm -rf node_modules/chromadb-js-bindings-*; fi \
    && cd node_modules/chinese-poetry/dist && rm -rf quantangshi rank strains yudingquantangshi

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="guoxue-tutor" \
      org.opencontainers.image.description="A tutor for the Chinese classics that finds, cites and verifies what it quotes" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464 DATA_DIR=/data TMPDIR=/data
WORKDIR /app
# The one place that is written to; everything else may be mounted read-only.
RUN install -d -o node -g node -m 0700 /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME ["/data"]
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
# Every role answers there.
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/health`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: signals reach the program itself, which listens to them from its start.
CMD ["node", "dist/server/backend/main.js"]
