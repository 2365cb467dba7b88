# syntax=docker/dockerfile:1
# Two images of one static binary:
#
#   docker build -t podwright .                      with a shell and Git, as the jobs of a CI system need them
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

# No entrypoint: GitLab and others start a shell in it. `publish` runs git, and SSH for addresses that want it; a clone belongs to
# the user of the runner, not to that of the image.
FROM alpine:3
RUN apk add --no-cache git openssh-client && git config --system --add safe.directory '*'
COPY --from=build /podwright /usr/local/bin/podwright
WORKDIR /repo
USER 65532:65532
CMD ["podwright", "--help"]
