package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

  @ParameterizedTest
  @CsvSource({
    "/ping, /ping, ''",
    "/ping?a=1?b, /ping, a=1?b",
    "/?x, /, x",
    "*, *, ''",
    "http://host:8080/a%20b?c, /a%20b, c",
    "HTTPS://host, /, ''",
    "http://host?q, /?q, ''",
    "//host/x, //host/x, ''",
  })
  void aTargetIsAPathAndAQuery(String uri, String path, String query) {
    RequestTarget target = RequestTarget.of(uri);
    if (path.indexOf('?') >= 0) { // a URI without path stands for /
      assertThat(target).isEqualTo(new RequestTarget("/", path.substring(2)));
    } else {
      assertThat(target).isEqualTo(new RequestTarget(path, query));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "host:443", "ftp://host/x", "/a#b", "", "http:/x"})
  void aTargetThatIsNeitherPathNorHttpUriIsRefused(String uri) {
    assertThatThrownBy(() -> RequestTarget.of(uri))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageStartingWith("request target: " + uri + " (expected: ");
  }

  static List<Arguments> paths() {
    return List.of(
        Arguments.of("/", List.of()),
        Arguments.of("//", List.of()),
        Arguments.of("/ping", List.of("ping")),
        Arguments.of("/ping/", List.of("ping")),
        Arguments.of("/ping//", List.of("ping")),
        Arguments.of("/ec%68o/1.0", List.of("echo", "1.0")),
        Arguments.of("/a%2Fb/c", List.of("a/b", "c")),
        Arguments.of("/a+b", List.of("a+b")),
        Arguments.of("/a//b", List.of("a", "", "b")),
        Arguments.of("/../a/./b", List.of("..", "a", ".", "b")),
        Arguments.of("/%e2%82%ac", List.of("\u20ac")),
        Arguments.of("/\u00e2\u0082\u00ac", List.of("\u20ac")),
        Arguments.of("/a%00b", List.of("a\u0000b")));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPathFallsIntoDecodedSegments(String path, List<String> segments) {
    assertThat(RequestTarget.segments(path)).isEqualTo(segments);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/%zz, path: %zz (expected: % followed by two hex digits)",
    "/a%, path: % (expected: % followed by two hex digits)",
    "/%ff/x, path: %ff is not UTF-8 (expected: UTF-8)",
  })
  void aPathThatCannotBeDecodedIsRefused(String path, String message) {
    assertThatThrownBy(() -> RequestTarget.segments(path))
        .isInstanceOf(ServingException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "'' > {}",
        "a=1&b=2&a=3 > {a=[1, 3], b=[2]}",
        "a+b=c%20d%2B > {a b=[c d+]}",
        "name[]=x&name[]=y > {name[]=[x, y]}",
        "flag&x= > {flag=[], x=[]}",
        "&&a=1& > {a=[1]}",
        "a=b=c > {a=[b=c]}",
        "%e2%82%ac=1 > {\u20ac=[1]}",
      })
  void aQueryFallsIntoDecodedParametersThatKeepTheirOrder(String query, String parameters) {
    assertThat(RequestTarget.parameters(query).toString()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "%=1", "a=%ff"})
  void aQueryThatCannotBeDecodedIsRefused(String query) {
    assertThatThrownBy(() -> RequestTarget.parameters(query))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith("query: %");
  }
}
