package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BegunStreamTest {
  /** A model's side: says what has been asked of it, and gives what it is told to. */
  private static final class Model implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private final List<String> asked = new ArrayList<>();
    private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> newSubscriber) {
      subscriber = newSubscriber;
      newSubscriber.onSubscribe(this);
    }

    @Override
    public void request(long pieces) {
      asked.add("request " + pieces);
    }

    @Override
    public void cancel() {
      asked.add("cancel");
    }

    Flow.Subscriber<? super ByteBuffer> to() {
      if (subscriber == null) {
        throw new IllegalStateException("nobody has subscribed");
      }
      return subscriber;
    }

    void give(String text) {
      to().onNext(StandardCharsets.UTF_8.encode(text));
    }
  }

  /** A client's side. */
  private static final class Client implements Flow.Subscriber<ByteBuffer> {
    private final List<String> seen = new ArrayList<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription.complete(newSubscription);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      seen.add(StandardCharsets.UTF_8.decode(piece).toString());
    }

    @Override
    public void onError(Throwable failure) {
      seen.add("failed: " + failure.getMessage());
    }

    @Override
    public void onComplete() {
      seen.add("complete");
    }

    void request(long pieces) {
      subscription.join().request(pieces);
    }
  }

  private final Model model = new Model();
  private final Client client = new Client();

  private CompletableFuture<BegunStream> stream() {
    return BegunStream.of(model, bytes -> shouted(bytes), failure -> Optional.empty());
  }

  private CompletableFuture<BegunStream> streamWithLastWords() {
    return BegunStream.of(
        model,
        bytes -> shouted(bytes),
        failure -> Optional.of(StandardCharsets.UTF_8.encode("but " + failure.getMessage())));
  }

  private static ByteBuffer shouted(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.encode(StandardCharsets.UTF_8.decode(bytes) + "!");
  }

  @Test
  void itHasBegunWhenTheFirstPieceIsHere() {
    CompletableFuture<BegunStream> begun = stream();
    assertThat(begun).isNotDone();
    assertThat(model.asked).containsExactly("request 1");
    model.give("a");
    assertThat(begun).isCompleted();
  }

  @Test
  void piecesAreAskedForOneByOneAsTheClientTakesThem() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    begun.join().subscribe(client);
    assertThat(client.seen).isEmpty();
    client.request(1);
    assertThat(client.seen).containsExactly("a!");
    assertThat(model.asked).containsExactly("request 1");
    client.request(2);
    assertThat(model.asked).containsExactly("request 1", "request 1");
    model.give("b");
    assertThat(model.asked).hasSize(3);
    model.give("c");
    model.to().onComplete();
    assertThat(client.seen).containsExactly("a!", "b!", "c!", "complete");
    assertThat(model.asked).hasSize(3);
  }

  @Test
  void anEmptyPieceIsNoBeginning() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("");
    assertThat(begun).isNotDone();
    assertThat(model.asked).containsExactly("request 1", "request 1");
    model.give("a");
    begun.join().subscribe(client);
    client.request(1);
    assertThat(client.seen).containsExactly("a!");
  }

  @Test
  void aStreamWithoutPiecesBeginsWithItsEnd() {
    CompletableFuture<BegunStream> begun = stream();
    model.to().onComplete();
    begun.join().subscribe(client);
    assertThat(client.seen).containsExactly("complete");
  }

  @Test
  void whatFailsBeforeTheFirstPieceHasNoBeginning() {
    CompletableFuture<BegunStream> begun = streamWithLastWords();
    model.to().onError(new IllegalStateException("no"));
    assertThatThrownBy(begun::join).hasRootCauseMessage("no");
  }

  @Test
  void aLaterFailureIsPassedOn() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    begun.join().subscribe(client);
    client.request(2);
    model.to().onError(new IllegalStateException("no"));
    assertThat(client.seen).containsExactly("a!", "failed: no");
  }

  @Test
  void lastWordsWaitUntilTheClientTakesThem() {
    CompletableFuture<BegunStream> begun = streamWithLastWords();
    model.give("a");
    begun.join().subscribe(client);
    client.request(1);
    model.to().onError(new IllegalStateException("no"));
    assertThat(client.seen).containsExactly("a!");
    client.request(1);
    assertThat(client.seen).containsExactly("a!", "but no", "complete");
  }

  @Test
  void aFailureBeforeTheClientSubscribesComesBehindTheFirstPiece() {
    CompletableFuture<BegunStream> begun = streamWithLastWords();
    model.give("a");
    model.to().onError(new IllegalStateException("no"));
    begun.join().subscribe(client);
    client.request(5);
    assertThat(client.seen).containsExactly("a!", "but no", "complete");
  }

  @Test
  void aClientThatGoesCancelsTheModel() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    begun.join().subscribe(client);
    client.subscription.join().cancel();
    model.to().onComplete();
    assertThat(model.asked).containsExactly("request 1", "cancel");
    assertThat(client.seen).isEmpty();
  }

  @Test
  void whoGoesBeforeTheFirstPieceCancelsTheModel() {
    CompletableFuture<BegunStream> begun = stream();
    assertThat(begun.cancel(false)).isTrue();
    assertThat(model.asked).containsExactly("request 1", "cancel");
    model.give("a");
    model.to().onComplete();
    assertThat(model.asked).hasSize(2);
  }

  @Test
  void whoGoesLaterLeavesTheModelToTheStreamsOwnClient() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    assertThat(begun.cancel(false)).isFalse();
    assertThat(model.asked).containsExactly("request 1");
  }

  @Test
  void thereIsOneClient() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    begun.join().subscribe(client);
    assertThatThrownBy(() -> begun.join().subscribe(new Client()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theFirstPieceCanBeTheOnlyOneThatIsWanted() {
    CompletableFuture<BegunStream> begun = stream();
    model.give("a");
    ByteBuffer first = begun.join().firstAndOnly();
    assertThat(StandardCharsets.UTF_8.decode(first).toString()).isEqualTo("a!");
    assertThat(model.asked).containsExactly("request 1", "cancel");
  }
}
