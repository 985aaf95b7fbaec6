package dev.sconce.download;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a GET of an object of S3: AWS's Signature Version 4 in the {@code Authorization} header
 * (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header").
 */
final class S3Signature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String MAC = "HmacSHA256";
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";

  private final S3Credentials credentials;

  S3Signature(S3Credentials credentials) {
    this.credentials = credentials;
  }

  /** The headers to send, besides the host's, which is signed, too. */
  SortedMap<String, String> headers(URI uri, Instant now) {
    String time = TIME.format(now);
    SortedMap<String, String> headers = new TreeMap<>();
    headers.put("x-amz-content-sha256", hex(sha256("")));
    headers.put("x-amz-date", time);
    credentials.sessionToken().ifPresent(token -> headers.put("x-amz-security-token", token));
    SortedMap<String, String> signed = new TreeMap<>(headers);
    signed.put("host", host(uri));
    headers.put("Authorization", authorization(uri, time, signed));
    return headers;
  }

  private String authorization(URI uri, String time, SortedMap<String, String> signed) {
    String names = String.join(";", signed.keySet());
    String lines =
        signed.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue() + "\n")
            .collect(Collectors.joining());
    String request =
        String.join("\n", "GET", path(uri), query(uri), lines, names, hex(sha256(""))); // no body
    String day = time.substring(0, 8);
    String scope = String.join("/", day, credentials.region(), "s3", "aws4_request");
    String toSign = String.join("\n", ALGORITHM, time, scope, hex(sha256(request)));
    return "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
        .formatted(ALGORITHM, credentials.keyId(), scope, names, hex(mac(signingKey(day), toSign)));
  }

  /** As the client sends it: https's own port is left out. */
  private static String host(URI uri) {
    boolean usual = uri.getPort() == -1 || uri.getPort() == 443;
    return usual ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  private static String path(URI uri) {
    return uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
  }

  /** Sorted, each with its {@code =}. */
  private static String query(URI uri) {
    if (uri.getRawQuery() == null) {
      return "";
    }
    return Arrays.stream(uri.getRawQuery().split("&"))
        .map(pair -> pair.contains("=") ? pair : pair + "=")
        .sorted()
        .collect(Collectors.joining("&"));
  }

  private byte[] signingKey(String day) {
    byte[] key = ("AWS4" + credentials.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, credentials.region(), "s3", "aws4_request"}) {
      key = mac(key, part);
    }
    return key;
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
