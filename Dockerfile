# pva-to-video as a container.
#
#   docker build -t pva-to-video .
#   docker run --rm -p 8080:8080 pva-to-video --sim
#   docker run --rm --network host pva-to-video                      (UDP search of the host's networks)
#   docker run --rm -p 8080:8080 -e EPICS_PVA_NAME_SERVERS=ioc:5075 pva-to-video
#
# Flags go behind the image's name; the port and the TLS files are better set by PVA_TO_VIDEO_PORT, _TLS_CERT and _TLS_KEY,
# which the health check reads too.
# Both base images are build arguments, for sites with their own registry.
#
# What of it was run: every step by hand, in order, the second stage in a bare Debian 12 (debootstrap minbase) as uid
# 10001: the server starts, its health check passes, page and streams are served, SIGTERM ends it. `docker build` itself
# was not: there was no Docker engine.
ARG BUILD_IMAGE=node:22-bookworm-slim
ARG RUN_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json asconfig.json ./
COPY scripts ./scripts
COPY wasm ./wasm
# `prepare` builds wasm/build; what only the build needs is dropped afterwards, and so are the two further copies of Bun's
# binary that its packages hold.
RUN npm ci && npm prune --omit=dev --ignore-scripts && \
  rm -rf node_modules/@oven node_modules/bun/bin/bunx.exe node_modules/.bin/bunx

FROM ${RUN_IMAGE}
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
WORKDIR /app
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/wasm ./wasm
COPY package.json tsconfig.json bunfig.toml LICENSE ./
COPY server ./server
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin pva && chmod -R a+rX /app
USER pva
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["bun", "-e", "const { PVA_TO_VIDEO_PORT: port = 8080, PVA_TO_VIDEO_TLS_CERT: cert } = process.env; const r = await fetch(`http${cert ? 's' : ''}://127.0.0.1:${port}/healthz`, { tls: { rejectUnauthorized: false } }); process.exit(r.ok ? 0 : 1)"]
# exec form: signals reach the server, which then stops within a second
ENTRYPOINT ["bun", "server/index.ts"]
