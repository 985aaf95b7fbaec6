# Sconce with libtorch and a Java runtime of its own: what SageMaker, Kubernetes and Docker run.
#   docker build -t sconce .
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8080:8080 -v "$PWD/sample/models:/opt/ml/model:ro" sconce
# For NVIDIA's GPUs, whose driver is the machine's: --build-arg TORCH=cuda
# The base may be another Debian bookworm: --build-arg BASE=...
ARG BASE=debian:bookworm-slim
ARG TORCH=cpu

FROM ${BASE} AS build
# A slim Debian lacks the directory for man pages, for want of which Java's installation would fail.
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends binutils curl maven openjdk-17-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
COPY . /build
ARG TORCH
RUN --mount=type=cache,target=/root/.m2/repository \
    cd /build && scripts/container/assemble "$TORCH" /opt/sconce

FROM ${BASE} AS cpu

FROM ${BASE} AS cuda
# What NVIDIA's container runtime is to bring in.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM ${TORCH}
# The two libraries are what Java reads JPEG with, in handlers that do so.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libjpeg62-turbo liblcms2-2 \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && useradd --uid 1000 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sconce
LABEL com.amazonaws.sagemaker.capabilities.multi-models=true \
    com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true
USER 1000:1000
# The one directory that has to be writable.
WORKDIR /tmp
EXPOSE 8080 8081 8082
ENTRYPOINT ["/opt/sconce/bin/sconce"]
CMD ["serve"]
# From what changes least to what changes most.
COPY --from=build /opt/sconce/libtorch /opt/sconce/libtorch
COPY --from=build /opt/sconce/jre /opt/sconce/jre
COPY --from=build /opt/sconce/native /opt/sconce/native
COPY --from=build /opt/sconce/lib /opt/sconce/lib
COPY --from=build /opt/sconce/app /opt/sconce
