package dev.sconce.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://h/x.mar,                        true",
    "HTTP://h/x.mar,                         true",
    "file:///models/x.mar,                   true",
    "s3://bucket/x.mar,                      false",
    "file:/models/x.mar,                     false",
    "x.mar,                                  false",
    "http:x.mar,                             false"
  })
  void onlyHttpAndFilesAreFetched(String text, boolean url) {
    assertThat(ArchiveUrl.isOne(text)).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/x.mar,                                      x.mar",
    "https://h:8443/a/b/x.tar.gz?X-Amz-Signature=ab&y=z/q, x.tar.gz",
    "https://h/a;v=1/x.mar?a=b@c,                          x.mar",
    "file:///my%20models/x.mar,                            x.mar",
    "https://h/my%20model.mar,                             my%20model.mar",
    "https://h/,                                           ''",
    "https://h,                                            ''"
  })
  void theNameIsTheLastSegmentOfThePath(String text, String name) {
    assertThat(ArchiveUrl.parse(text).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://good@evil/x.mar       | https://evil/x.mar (expected: no user before the host)",
        "https://a:secret@h/x.mar      | https://h/x.mar (expected: no user before the host)",
        "https://good\\@evil/x.mar     | (expected: a URL; Illegal character in authority",
        "https:///x.mar                | https:///x.mar (expected: a host)",
        "https://h_1/x.mar             | https://h_1/x.mar (expected: a host)",
        "https://h:99999/x.mar         | https://h:99999/x.mar (expected: a host)",
        "https://h/x.mar#y             | https://h/x.mar (expected: no #)",
        "https://h/%2e%2E/x.mar        | https://h/%2e%2E/x.mar (expected: no encoded dots,",
        "https://h/a%2fx.mar           | https://h/a%2fx.mar (expected: no encoded dots,",
        "https://h/a%5Cx.mar           | https://h/a%5Cx.mar (expected: no encoded dots,",
        "https://h/a%252fx.mar         | https://h/a%252fx.mar (expected: no encoded dots,",
        "https://h/x.mar%00.txt        | https://h/x.mar%00.txt (expected: no encoded dots,",
        "https://h/x.mar%0d%0aHost:%20 | (expected: no encoded dots,",
        "https://h/a\\x.mar            | (expected: a URL; Illegal character in path",
        "https://h/a x.mar             | https://h/a x.mar (expected: visible ASCII characters only)",
        "https://h\u0430/x.mar         | (expected: visible ASCII characters only)",
        "file://host/x.mar             | file://host/x.mar (expected: file:/// and a path on this",
        "file://localhost/x.mar        | file://localhost/x.mar (expected: file:/// and a path on",
      })
  void whatCouldBeReadInTwoWaysIsRefused(String text, String message) {
    assertThatThrownBy(() -> ArchiveUrl.parse(text))
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
        .hasMessageStartingWith("url: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  @Test
  void relativePathsAreRefusedInTorchServesWords() {
    assertThatThrownBy(() -> ArchiveUrl.parse("https://h/a/../x.mar"))
        .hasFieldOrPropertyWithValue("code", ErrorCode.MODEL_NOT_FOUND)
        .hasMessage("Relative path is not allowed in url: https://h/a/../x.mar");
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/x.mar?X-Amz-Signature=secret,      https://h/x.mar",
    "https://me:secret@h/x.mar,                   https://h/x.mar",
    "https://me:sec/ret@h/x.mar?a@b,              https://me:sec/ret@h/x.mar",
    "https://secret@h,                            https://h",
    "x.mar?y,                                     x.mar?y"
  })
  void secretsAreNotShown(String text, String shown) {
    assertThat(ArchiveUrl.shown(text)).isEqualTo(shown);
  }
}
