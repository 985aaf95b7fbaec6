package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands between method and protocol in a request's first line (RFC 9112, 3.2).
 *
 * @param path the path, still percent-encoded; {@code *} for the server as a whole
 * @param query what follows the {@code ?}, empty if there is nothing
 */
record RequestTarget(String path, String query) {

  /**
   * Takes a target apart: {@code /path?query}, the same as a whole URI, or {@code *}.
   *
   * @throws ServingException {@code BAD_REQUEST} if it is none of these
   */
  static RequestTarget of(String uri) {
    String local = uri.startsWith("/") || uri.equals("*") ? uri : withoutAuthority(uri);
    if (local.indexOf('#') >= 0) {
      throw unusable(uri);
    }
    int mark = local.indexOf('?');
    return mark < 0
        ? new RequestTarget(local, "")
        : new RequestTarget(local.substring(0, mark), local.substring(mark + 1));
  }

  private static String withoutAuthority(String uri) {
    int authority = schemeLength(uri);
    if (authority == 0) {
      throw unusable(uri);
    }
    int end = authority;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    String local = uri.substring(end);
    return local.startsWith("/") ? local : "/" + local;
  }

  private static int schemeLength(String uri) {
    for (String scheme : List.of("http://", "https://")) {
      if (uri.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    return 0;
  }

  private static ServingException unusable(String uri) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "request target: "
            + Excerpt.of(uri)
            + " (expected: a path beginning with / or an http URI, without fragment)");
  }

  /** {@link Request#segments()} of a path. */
  static List<String> segments(String path) {
    PercentDecoder decoder = PercentDecoder.forPath("path");
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    List<String> segments = new ArrayList<>();
    int from = 1;
    while (from <= end) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 || slash > end ? end : slash;
      segments.add(decoder.text(path.substring(from, to)));
      from = to + 1;
    }
    return segments;
  }

  /** {@link Request#parameters()} of a query. */
  static Map<String, List<String>> parameters(String query) {
    PercentDecoder decoder = PercentDecoder.forForm("query");
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decoder.text(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoder.text(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, absent -> new ArrayList<>(1)).add(value);
      }
    }
    return parameters;
  }
}
