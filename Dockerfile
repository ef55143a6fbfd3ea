# One image for gateway, teams, contacts and the migration; the command says which (docs/operations.md).
#   docker build -t one-team .
#   docker run one-team                                    # the gateway
#   docker run one-team dist/subgraphs/teams/main.js
#   docker run one-team dist/subgraphs/contacts/main.js
#   docker run one-team dist/scripts/migrate.js
# Health is asked for by who runs it: /health/live and /health/ready.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install script of a dependency is needed, and none runs.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY scripts scripts
COPY prisma prisma
COPY schema schema
COPY subgraphs subgraphs
COPY gateway gateway
RUN npm run build

# --omit=optional leaves out the Prisma CLI and what it brings: a peer that the client does not need to run.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/dist dist
# The image's own user `node`, by number, so that runAsNonRoot can be checked. Nothing in /app can be written to by it.
USER 1000:1000
EXPOSE 4000 4001 4002
ENTRYPOINT ["node"]
CMD ["dist/gateway/main.js"]
