package dev.sconce.download;

import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens what an {@code http:} or {@code https:} URL names. Safe for use by several threads. */
final class HttpSource {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 5;

  private final HttpClient client;
  private final DownloadSettings settings;

  /**
   * A source.
   *
   * @param client one that follows no redirects
   */
  HttpSource(HttpClient client, DownloadSettings settings) {
    this.client = client;
    this.settings = settings;
  }

  /**
   * Asks for it. Redirects are followed only to URLs that are allowed, too, and none of a request
   * that is signed, which is for one server.
   *
   * @param signature what signs the request, if it is to be signed
   * @throws IOException saying why it cannot be had
   */
  Source open(ArchiveUrl url, Optional<S3Signature> signature)
      throws IOException, InterruptedException {
    ArchiveUrl current = url;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response = ask(request(current.uri(), signature));
      if (response.statusCode() == 200) {
        return new Source(response.body(), response.headers().firstValueAsLong("content-length"));
      }
      response.body().close();
      Optional<String> target = response.headers().firstValue("location");
      if (!REDIRECTS.contains(response.statusCode()) || target.isEmpty()) {
        throw new IOException("the answer is " + response.statusCode());
      }
      current = redirected(current.uri(), target.get(), signature.isPresent());
    }
    throw new IOException("more than " + MOST_REDIRECTS + " redirects");
  }

  private static HttpRequest request(URI uri, Optional<S3Signature> signature) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    signature.ifPresent(signer -> signer.headers(uri, Instant.now()).forEach(request::setHeader));
    return request.build();
  }

  /**
   * Not {@link HttpRequest.Builder#timeout}: from Java 26 on that counts until the end of the body.
   */
  private HttpResponse<InputStream> ask(HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> asked =
        client.sendAsync(request, BodyHandlers.ofInputStream());
    boolean answered = false;
    try {
      HttpResponse<InputStream> response =
          asked.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
      answered = true;
      return response;
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + settings.timeout().toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    } finally {
      if (!answered) {
        asked.cancel(true);
      }
    }
  }

  private ArchiveUrl redirected(URI from, String location, boolean signed) throws IOException {
    String text;
    try {
      text = from.resolve(location).toString();
    } catch (IllegalArgumentException e) {
      throw new IOException("it redirects to what is no URL", e);
    }
    String target = "it redirects to " + ArchiveUrl.shown(text);
    if (signed) {
      throw new IOException(target + ", where a signed request is not sent");
    }
    if (!settings.allows(text)) {
      throw new IOException(target + ", which allowed_urls does not match");
    }
    try {
      ArchiveUrl url = ArchiveUrl.parse(text);
      if (url.isFile() || !ArchiveUrl.isOne(text)) {
        throw new IOException(target + " (expected: http or https)");
      }
      return url;
    } catch (ServingException e) {
      throw new IOException("it redirects to a bad " + e.getMessage(), e);
    }
  }
}
