package dev.sconce.auth;

import dev.sconce.http.CorsSettings;
import dev.sconce.http.Request;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells what a browser sends for a page that is none of this server's: who looks at such a page on
 * this machine does not know what it asks of the machine's own ports.
 *
 * <p>Browsers name the page's origin with everything that may change something. A page that got
 * here by a name of its own, which it has made mean this machine (DNS rebinding), calls what it
 * loaded itself from: so the same address counts only if it is an IP address or {@code localhost}.
 *
 * @param cors which origin's pages may call all the same
 */
record ForeignPages(CorsSettings cors) {
  private static final Set<String> CHANGING_NOTHING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> NO_OTHER_SITE = Set.of("same-origin", "none");
  private static final Pattern NOBODYS_NAME =
      Pattern.compile("(localhost|\\d+(\\.\\d+){3}|\\[[0-9a-f:.]+])(:\\d+)?");

  /** The header by which a request that may change something tells of such a page. */
  Optional<String> behind(Request request) {
    if (CHANGING_NOTHING.contains(request.method())) {
      return Optional.empty();
    }
    String origin = String.join(", ", request.headers().all("origin"));
    if (!origin.isEmpty()) {
      return isAllowed(origin) || isOwn(origin, request.header("host").orElse(""))
          ? Optional.empty()
          : Optional.of("Origin: " + origin);
    }
    return request
        .header("sec-fetch-site")
        .filter(site -> !NO_OTHER_SITE.contains(site))
        .map(site -> "Sec-Fetch-Site: " + site);
  }

  private boolean isAllowed(String origin) {
    return cors.allowedOrigin()
        .filter(allowed -> allowed.equals("*") || allowed.equalsIgnoreCase(origin))
        .isPresent();
  }

  private static boolean isOwn(String origin, String host) {
    String called = host.toLowerCase(Locale.ROOT);
    return origin.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").equals(called)
        && NOBODYS_NAME.matcher(called).matches();
  }
}
