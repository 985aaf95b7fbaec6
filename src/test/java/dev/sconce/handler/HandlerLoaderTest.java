package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerLoaderTest {
  @TempDir Path directory;

  /** Jars with all that a handler needs inside have tens of thousands. */
  @Test
  void aClassIsFoundBehindThousandsOfOthers() throws IOException {
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(directory.resolve("handler.jar")))) {
      for (int i = 0; i < 2000; i++) {
        jar.putNextEntry(new JarEntry("com/example/parts/Part" + i + ".class"));
      }
      jar.putNextEntry(new JarEntry("com/example/Last.class"));
    }
    HandlerLoader loader = new HandlerLoader(Map.of());

    assertThat(loader.jarsHold("com.example.Last", directory)).isTrue();
    assertThat(loader.jarsHold("com.example.Other", directory)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.sconce.handler.Handler",
        "dev.sconce.image.ImageDecoder",
        "dev.sconce.torch.LayerModule",
        "dev.sconce.error.ServingException",
        "ai.djl.ndarray.NDArray",
        "org.slf4j.Logger",
        "java.sql.Connection",
      })
  void aHandlerSharesTheSpiPicturesTorchDjlAndSlf4jWithTheServer(String name) throws Exception {
    try (HandlerClassLoader classes = new HandlerClassLoader(List.of())) {
      assertThat(classes.loadClass(name)).isSameAs(Class.forName(name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.sconce.ModelServer",
        "dev.sconce.model.Models",
        "dev.sconce.vision.VisionHandlers",
        "com.fasterxml.jackson.databind.ObjectMapper",
        "io.netty.buffer.ByteBuf",
        "io.prometheus.client.CollectorRegistry",
        "ch.qos.logback.classic.Logger",
      })
  void aHandlerSeesNothingElseOfTheServer(String name) throws Exception {
    assertThat(Class.forName(name)).isNotNull();
    try (HandlerClassLoader classes = new HandlerClassLoader(List.of())) {
      assertThatThrownBy(() -> classes.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
    }
  }
}
