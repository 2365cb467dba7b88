# syntax=docker/dockerfile:1
# Two images of one static binary:
#
#   docker build -t podwright .                      with a shell, as the jobs of a CI system need it
#   docker build -t podwright --target static .      the binary and nothing else
#
#   docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:/repo" podwright podwright check
FROM rust:1-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin podwright && cp target/release/podwright /podwright

FROM scratch AS static
COPY --from=build /podwright /usr/local/bin/podwright
WORKDIR /repo
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/podwright"]

# No entrypoint: GitLab and others start a shell in it.
FROM busybox:stable-musl
COPY --from=build /podwright /usr/local/bin/podwright
WORKDIR /repo
USER 65532:65532
CMD ["podwright", "--help"]
