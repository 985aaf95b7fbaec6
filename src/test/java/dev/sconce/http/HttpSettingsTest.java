package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSettingsTest {

  @Test
  void theDefaultsAreTorchServesWhereItHasSome() {
    assertThat(HttpSettings.defaults())
        .isEqualTo(
            new HttpSettings(
                0,
                true,
                4096,
                16_384,
                6_553_500,
                1000,
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofSeconds(30)));
  }

  @ParameterizedTest
  @CsvSource({
    "eventLoopThreads, -1, 4096, 16384, 1000, 1000, PT1S, PT1S, PT0S",
    "maxRequestLineBytes, 0, 63, 16384, 1000, 1000, PT1S, PT1S, PT0S",
    "maxHeaderBytes, 0, 4096, 255, 1000, 1000, PT1S, PT1S, PT0S",
    "maxBodyBytes, 0, 4096, 16384, 0, 1000, PT1S, PT1S, PT0S",
    "maxBodyBytes, 0, 4096, 16384, 2147483647, 1000, PT1S, PT1S, PT0S",
    "maxFormFields, 0, 4096, 16384, 1000, 0, PT1S, PT1S, PT0S",
    "idleTimeout, 0, 4096, 16384, 1000, 1000, PT0S, PT1S, PT0S",
    "receiveTimeout, 0, 4096, 16384, 1000, 1000, PT1S, PT-1S, PT0S",
    "drainTimeout, 0, 4096, 16384, 1000, 1000, PT1S, PT1S, PT-1S",
  })
  void aValueOutOfRangeIsRefusedByName(
      String name,
      int threads,
      int line,
      int header,
      int body,
      int fields,
      Duration idle,
      Duration receive,
      Duration drain) {
    assertThatThrownBy(
            () -> new HttpSettings(threads, true, line, header, body, fields, idle, receive, drain))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(name + ": .* \\(expected: .*\\)");
  }
}
