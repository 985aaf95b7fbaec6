package dev.sconce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
  private static Parameters query(String query) {
    return Parameters.of(Requests.of("POST", "/models", query));
  }

  private static Parameters json(String text) {
    return Parameters.of(Requests.post("", "application/json; charset=utf-8", text));
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
        .hasMessageContaining(message);
  }

  @Test
  void theQueryIsRead() {
    Parameters parameters = query("url=a%20b.mar&batch_size=8&synchronous=TRUE&empty=");
    assertThat(parameters.text("url")).hasValue("a b.mar");
    assertThat(parameters.integer("batch_size", 1)).hasValue(8);
    assertThat(parameters.flag("synchronous", false)).isTrue();
    assertThat(parameters.text("empty")).isEmpty();
    assertThat(parameters.duration("max_batch_delay", ChronoUnit.MILLIS, 0)).isEmpty();
  }

  /** As TorchServe's {@code NettyUtils.getParameter} has it. */
  @Test
  void ofAParameterThatComesAgainTheFirstCounts() {
    Parameters parameters = query("min_worker=1&url=a&min_worker=2&url=");
    assertThat(parameters.integer("min_worker", 0)).hasValue(1);
    assertThat(parameters.text("url")).hasValue("a");
  }

  @Test
  void membersOfAJsonBodyComeBeforeTheQuery() {
    Parameters parameters =
        Parameters.of(
            Requests.post(
                "url=query.mar&batch_size=2",
                "Application/JSON",
                "{\"url\": \"body.mar\", \"response_timeout\": 7, \"synchronous\": false,"
                    + " \"batch_size\": null}"));
    assertThat(parameters.text("url")).hasValue("body.mar");
    assertThat(parameters.duration("response_timeout", ChronoUnit.SECONDS, 1))
        .hasValue(Duration.ofSeconds(7));
    assertThat(parameters.flag("synchronous", true)).isFalse();
    assertThat(parameters.integer("batch_size", 1)).hasValue(2);
  }

  @Test
  void aBodyOfAnotherTypeIsPassedOver() {
    Parameters parameters = Parameters.of(Requests.post("url=a", "text/plain", "{\"url\": \"b\"}"));
    assertThat(parameters.text("url")).hasValue("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "soon", "1.5", "99999999999", "0x10"})
  void aNumberThatDoesNotFitIsRefusedNamingParameterValueAndExpectation(String value) {
    assertRefused(
        () -> query("batch_size=" + value).integer("batch_size", 1),
        "batch_size: " + value + " (expected: a whole number >= 1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "1", "truee"})
  void aFlagThatIsNeitherIsRefused(String value) {
    assertRefused(
        () -> query("synchronous=" + value).flag("synchronous", true),
        "synchronous: " + value + " (expected: true or false)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"url\"", "{\"url\": ", "nonsense", " "})
  void aJsonBodyThatIsNoObjectIsRefused(String text) {
    assertRefused(() -> json(text), "JSON body: ");
  }
}
