package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
  @Test
  void aLocationIsABucketAndTheNamesOfItsKey() {
    S3Location found = S3Location.parse("InputLocation", "s3://my.bucket/in put/a%2F..b/ä~1.jpg");
    assertThat(found)
        .isEqualTo(new S3Location("my.bucket", List.of("in put", "a%2F..b", "ä~1.jpg")))
        .hasToString("s3://my.bucket/in put/a%2F..b/ä~1.jpg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://s3.eu-west-1.amazonaws.com/bucket/key",
        "S3://bucket/key",
        "s3:/bucket/key",
        "s3://bucket",
        "s3://bucket/",
        "s3:///key",
        "s3://./key",
        "s3://../key",
        "s3://-bucket/key",
        "s3://b/key",
        "s3://buck\\et/key",
        "s3://bucket/..",
        "s3://bucket/../other/key",
        "s3://bucket/a/../../../etc/passwd",
        "s3://bucket/./key",
        "s3://bucket//etc/passwd",
        "s3://bucket/key/",
        "s3://bucket/a\\..\\b",
        "s3://bucket/a\u0000b",
        "s3://bucket/a\nb",
        "s3://bucket/a\u007fb",
        "s3://bucket/a\u0085b",
      })
  void whatCannotBeAFileInADirectoryIsRefused(String text) {
    assertThatThrownBy(() -> S3Location.parse("InputLocation", text))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith("InputLocation: " + text + " (expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 2000})
  void namesThatNoFileSystemTakesAreRefused(int length) {
    String text = "s3://bucket/" + "x".repeat(length);
    assertThatThrownBy(() -> S3Location.parse("InputLocation", text))
        .isInstanceOf(ServingException.class);
  }

  @Test
  void namesMayBeAsLongAsTheyCan() {
    String key = String.join("/", List.of("x".repeat(255), "y".repeat(255), "z".repeat(255)));
    assertThat(S3Location.parse("a", "s3://bucket/" + key).key()).hasSize(3);
  }
}
