package dev.sconce.auth;

import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks callers for tokens, of whom the settings say. Safe from any thread.
 *
 * <p>A caller is on this machine if its connection comes from a loopback address or through a unix
 * socket. What a request says of itself ({@code X-Forwarded-For}) is not believed, so whoever comes
 * through a proxy is where the proxy is. A page of another origin is nobody on this machine, though
 * a browser here calls for it.
 */
public final class Doorkeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Doorkeeper.class);
  private static final String DETAILS =
      "Token either incorrect, expired, or not provided correctly";
  private static final String REFUSED = "Token Authorization failed. " + DETAILS;
  private static final String NOT_RENEWED = "Token Authentication failed. " + DETAILS;

  private final Asked asked;
  private final ForeignPages pages;
  private final TokenStore tokens;
  private final Executor writer;

  /**
   * Makes the keys. Nobody knows them before {@link #publish}.
   *
   * @param cors which origin's pages may call the management API from this machine
   * @param writer where the key file is written when a key is renewed
   */
  public Doorkeeper(
      AuthSettings settings, CorsSettings cors, SecureRandom random, Clock clock, Executor writer) {
    this.asked = settings.asked();
    this.pages = new ForeignPages(cors);
    this.tokens = new TokenStore(settings, random, clock);
    this.writer = writer;
  }

  /** Stands before the inference API; fails with {@code INVALID_KEY} what it does not let in. */
  public Filter inference() {
    return asked == Asked.OF_EVERYONE ? guard(KeyKind.INFERENCE) : Filter.OPEN;
  }

  /**
   * Stands before routes of the inference API by which files are read and written, and whose
   * clients have no way to show a key: as {@link #inference}, and neither callers from other
   * machines nor foreign web pages are let in, unless nobody is ever asked.
   */
  public Filter inferenceThatWrites() {
    return switch (asked) {
      case OF_NOBODY -> Filter.OPEN;
      case OF_REMOTE_MANAGEMENT -> letOnlyLocalIn();
      case OF_EVERYONE -> guard(KeyKind.INFERENCE);
    };
  }

  /**
   * Stands before routes that need no token from anybody: only foreign web pages are not let in,
   * unless nobody is ever asked.
   */
  public Filter anyoneButForeignPages() {
    return asked == Asked.OF_NOBODY ? Filter.OPEN : noForeignPage(KeyKind.MANAGEMENT);
  }

  /** Stands before the management API; fails with {@code INVALID_KEY} what it does not let in. */
  public Filter management() {
    return switch (asked) {
      case OF_NOBODY -> Filter.OPEN;
      case OF_REMOTE_MANAGEMENT -> letLocalIn();
      case OF_EVERYONE -> guard(KeyKind.MANAGEMENT);
    };
  }

  /** Adds {@code /token}, which renews a key for who shows the API key. */
  public void addTo(Router.Builder management) {
    if (asked != Asked.OF_NOBODY) {
      management.any("/token", this::renew);
    }
  }

  private Filter guard(KeyKind kind) {
    return (request, next) ->
        tokens.accepts(kind, request.header("authorization"))
            ? next.answer(request)
            : refused(REFUSED);
  }

  private Filter letLocalIn() {
    Filter guard = guard(KeyKind.MANAGEMENT);
    Filter noForeignPage = noForeignPage(KeyKind.MANAGEMENT);
    return (request, next) ->
        (isLocal(request.remoteAddress()) ? noForeignPage : guard).answer(request, next);
  }

  private Filter letOnlyLocalIn() {
    Filter noForeignPage = noForeignPage(KeyKind.INFERENCE);
    return (request, next) ->
        isLocal(request.remoteAddress())
            ? noForeignPage.answer(request, next)
            : refused(
                REFUSED
                    + " (only callers on this machine are let in;"
                    + " disable_token_authorization=true lets others in)");
  }

  private Filter noForeignPage(KeyKind kind) {
    return (request, next) -> {
      Optional<String> page = pages.behind(request);
      return page.isEmpty() || tokens.accepts(kind, request.header("authorization"))
          ? next.answer(request)
          : refused(REFUSED + " (" + page.get() + ", which cors_allowed_origin does not name)");
    };
  }

  private static boolean isLocal(SocketAddress caller) {
    return !(caller instanceof InetSocketAddress address)
        || (address.getAddress() != null && address.getAddress().isLoopbackAddress());
  }

  private CompletionStage<Response> renew(Request request) {
    if (!tokens.accepts(KeyKind.API, request.header("authorization"))) {
      return refused(NOT_RENEWED);
    }
    return request
        .parameter("type")
        .flatMap(KeyKind::renewable)
        .map(kind -> CompletableFuture.runAsync(() -> tokens.renew(kind), writer))
        .<CompletionStage<Response>>map(
            done -> done.thenApply(renewed -> Response.of(200, "application/json", "\n")))
        .orElseGet(() -> refused(NOT_RENEWED));
  }

  private static <T> CompletionStage<T> refused(String text) {
    return CompletableFuture.failedFuture(new ServingException(ErrorCode.INVALID_KEY, text));
  }

  /**
   * Writes the key file and tells where it is. To be called when the server listens, so that a
   * second server that cannot start does not take the first one's file.
   *
   * @throws ServingException {@code INTERNAL} if the file cannot be written and nobody could call
   */
  public void publish() {
    if (asked == Asked.OF_NOBODY) {
      return;
    }
    try {
      tokens.publish();
      log.info(
          "Keys are in {}. {} send Authorization: Bearer <key>",
          tokens.file(),
          asked == Asked.OF_EVERYONE
              ? "All callers"
              : "Callers of the management API from other machines");
    } catch (IOException e) {
      String fault = "the key file " + tokens.file() + " cannot be written (" + e + ")";
      if (asked == Asked.OF_EVERYONE) {
        throw new ServingException(ErrorCode.INTERNAL, fault + ", and nobody could call", e);
      }
      log.warn("{}: the management API answers callers on this machine only", fault);
    }
  }

  /** Removes the key file. */
  @Override
  public void close() {
    try {
      tokens.withdraw();
    } catch (IOException e) {
      log.warn("{} is still there", tokens.file(), e);
    }
  }
}
