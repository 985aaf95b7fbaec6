package dev.sconce.download;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A URL without tricks: what a reader, a pattern and a server take it for is the same. Immutable.
 */
public final class ArchiveUrl {
  private static final Pattern SCHEME =
      Pattern.compile("(https?|file)://.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");

  /** {@code .}, {@code /}, {@code \}, {@code %} and control characters, encoded. */
  private static final Pattern HIDDEN =
      Pattern.compile("%(2e|2f|5c|25|[01].|7f)", Pattern.CASE_INSENSITIVE);

  private static final int MOST_SHOWN = 200;

  private final URI uri;

  private ArchiveUrl(URI uri) {
    this.uri = uri;
  }

  /** Whether that is a URL of the kinds that can be fetched, rather than the name of a file. */
  public static boolean isOne(String text) {
    return SCHEME.matcher(text).matches();
  }

  /**
   * As it may be shown and logged: without what follows a {@code ?}, which often is a signature
   * that opens doors, and without a user's name and password.
   */
  public static String shown(String text) {
    if (!isOne(text)) {
      return text;
    }
    String bare = text.split("[?#]", 2)[0];
    int authority = bare.indexOf("://") + 3;
    int path = bare.indexOf('/', authority);
    int at = bare.lastIndexOf('@', path < 0 ? bare.length() : path);
    String plain = at < authority ? bare : bare.substring(0, authority) + bare.substring(at + 1);
    return plain.length() <= MOST_SHOWN ? plain : plain.substring(0, MOST_SHOWN) + "...";
  }

  /**
   * Reads one.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND} if there is a {@code ..} in it, as TorchServe
   *     has it; {@code BAD_REQUEST} if it is malformed or could be read in two ways
   */
  static ArchiveUrl parse(String text) {
    if (text.contains("..")) {
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Relative path is not allowed in url: " + shown(text));
    }
    if (!VISIBLE.matcher(text).matches()) {
      throw refused(text, "visible ASCII characters only");
    }
    try {
      URI uri = new URI(text);
      check(text, uri);
      return new ArchiveUrl(uri);
    } catch (URISyntaxException e) {
      throw refused(text, "a URL; " + e.getReason());
    }
  }

  private static void check(String text, URI uri) {
    if (uri.getRawFragment() != null) {
      throw refused(text, "no #");
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    if (authority.contains("@")) {
      throw refused(text, "no user before the host");
    }
    if (isFile(uri) && !authority.isEmpty()) {
      throw refused(text, "file:/// and a path on this machine");
    }
    if (!isFile(uri) && (uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0)) {
      throw refused(text, "a host");
    }
    if (HIDDEN.matcher(uri.getRawPath()).find()) {
      throw refused(text, "no encoded dots, slashes, percent signs or control characters");
    }
  }

  private static boolean isFile(URI uri) {
    return uri.getScheme().toLowerCase(Locale.ROOT).equals("file");
  }

  private static ServingException refused(String text, String expected) {
    return new ServingException(
        ErrorCode.BAD_REQUEST, "url: %s (expected: %s)".formatted(shown(text), expected));
  }

  URI uri() {
    return uri;
  }

  boolean isFile() {
    return isFile(uri);
  }

  /** The last segment of its path: what the file is to be called. */
  public String name() {
    String path = uri.getRawPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** As {@link #shown(String)}. */
  @Override
  public String toString() {
    return shown(uri.toString());
  }
}
