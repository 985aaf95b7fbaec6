# Sconce for the CPU, with a Java runtime of its own.
#   docker build -t sconce .
#   docker run --rm -p 127.0.0.1:8080:8080 -v "$PWD/sample/models:/model-store:ro" sconce
# The base may be another Debian bookworm: --build-arg BASE=...
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils maven openjdk-17-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml .
COPY src/main src/main
RUN mvn -B -ntp -Dmaven.test.skip -Dspotless.check.skip package
RUN jlink --strip-debug --no-header-files --no-man-pages \
        --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.unsupported \
        --output /build/jre

FROM ${BASE}
RUN useradd --create-home --uid 1000 sconce && mkdir /model-store
COPY --from=build /build/jre /opt/sconce/jre
COPY --from=build /build/target/lib /opt/sconce/lib
COPY --from=build /build/target/sconce.jar /opt/sconce/
COPY config.properties /opt/sconce/
# Within a container, 127.0.0.1 would be reached by nobody.
RUN sed -i 's#http://127.0.0.1:#http://0.0.0.0:#' /opt/sconce/config.properties
USER sconce
# key_file.json is written here: docker exec ... cat /home/sconce/key_file.json
# Where logs/ is written; LOG_LOCATION and METRICS_LOCATION name other places.
WORKDIR /home/sconce
# One arena of malloc for all threads: see scripts/torchserve.
ENV LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=1
EXPOSE 8080 8081 8082
ENTRYPOINT ["/opt/sconce/jre/bin/java", "-jar", "/opt/sconce/sconce.jar", "torchserve", \
    "--start", "--foreground", "--ncs", "--model-store", "/model-store", "--models", "all", \
    "--ts-config", "/opt/sconce/config.properties"]
