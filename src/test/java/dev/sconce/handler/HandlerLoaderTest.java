package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
