# One image with all four programs: `musicpark` (everything in one process, the default) and the separate services.
# Its build steps are in scripts/docker-build-steps, which scripts/test runs as well.

FROM node:22-bookworm-slim AS web-client
WORKDIR /park
COPY web-client web-client
COPY scripts scripts
RUN scripts/docker-build-steps web-client

# The tool that finds what cargo has built speaks JavaScript, so this stage borrows node from the one before.
FROM rust:1.95-bookworm AS programs
COPY --from=web-client /usr/local/bin/node /usr/local/bin/node
WORKDIR /park
COPY . .
COPY --from=web-client /park/web-client/dist web-client/dist
RUN scripts/docker-build-steps programs

FROM debian:bookworm-slim
COPY --from=programs /image/bin/ deploy/healthy /usr/local/bin/
# A numeric user, so that Kubernetes can tell that it is not root.
COPY --from=programs --chown=10001:10001 /image/data /data
USER 10001:10001
ENV MUSICPARK_DATA=/data MUSICPARK_ADDR=0.0.0.0:8080
EXPOSE 8080 8081 8082
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s CMD ["healthy", "http://127.0.0.1:8080/health/ready"]
CMD ["musicpark"]
