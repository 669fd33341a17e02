# syntax=docker/dockerfile:1
# Two stages: a builder with the toolchain, and a runtime with the binary and nothing to log in with.

FROM rust:1.95-bookworm AS builder
WORKDIR /build
# The dependencies are compiled against an empty program first, so that a change of the sources does not compile them again.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src benches/probot && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
    && cp src/main.rs benches/figures.rs && cp src/main.rs benches/probot/main.rs \
    && cargo build --release --locked \
    && rm -rf src
COPY migrations ./migrations
COPY src ./src
COPY docs/executors ./docs/executors
# The empty program's files are newer than the sources; a new time makes cargo look at them.
RUN touch src/main.rs src/lib.rs \
    && cargo build --release --locked \
    && mkdir -p /out/data \
    && cp target/release/lockkeeper /out/lockkeeper

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=builder /out/lockkeeper /usr/local/bin/lockkeeper
# The image has no shell to make a folder with; the empty one of the builder gives the volume its owner.
COPY --from=builder --chown=65532:65532 /out/data /data
ENV LOCKKEEPER_LISTEN=0.0.0.0:8080 \
    LOCKKEEPER_DATABASE_URL=sqlite:/data/lockkeeper.db
VOLUME /data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["/usr/local/bin/lockkeeper", "health"]
ENTRYPOINT ["/usr/local/bin/lockkeeper"]
CMD ["serve"]
