package dev.sconce.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.envelope.EnvelopeFormat.Opened;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handler inside an envelope. Each request of a batch brings its own instances; those of all of
 * them go through the handler's inference together, but for more than {@link #MOST_TOGETHER}.
 *
 * @param <P> what the inner handler's preprocessing makes of one instance
 * @param <R> what its inference makes of one instance
 */
final class EnvelopeHandler<P, R>
    implements Handler<EnvelopeHandler.Letter<P>, EnvelopeHandler.Reply<R>> {
  /**
   * A request of a few kilobytes can hold thousands of small pictures, and what a network makes of
   * each on its way is megabytes: together they would take the memory of the machine.
   */
  private static final int MOST_TOGETHER = 64;

  private final JsonHandler<P, R> inner;
  private final Envelope envelope;
  private @Nullable EnvelopeFormat format;

  EnvelopeHandler(JsonHandler<P, R> inner, Envelope envelope) {
    this.inner = inner;
    this.envelope = envelope;
  }

  /**
   * One request.
   *
   * @param opened its envelope
   * @param inputs its instances as the inner handler sees them
   * @param prepared what the inner handler made of each
   */
  record Letter<P>(Opened opened, List<Input> inputs, List<P> prepared) {}

  /** One request with the inner handler's result for each instance. */
  record Reply<R>(Opened opened, List<Input> inputs, List<R> results) {}

  @Override
  public void initialize(HandlerContext context) throws Exception {
    inner.initialize(context);
    format = envelope.format(context);
  }

  @Override
  public Letter<P> preprocess(Input request) throws Exception {
    Opened opened =
        Objects.requireNonNull(format, "initialize comes first").open(body(request), request);
    List<Input> inputs = new ArrayList<>();
    List<P> prepared = new ArrayList<>();
    for (Map<String, Part> parts : opened.instances()) {
      Input input = new Input(request.requestId(), parts, request.headers(), request.deadline());
      prepared.add(preprocess(input, opened.place() + "[" + inputs.size() + "]"));
      inputs.add(input);
    }
    return new Letter<>(opened, inputs, inner.together(prepared));
  }

  private P preprocess(Input instance, String place) throws Exception {
    try {
      return inner.preprocess(instance);
    } catch (ServingException e) {
      throw new ServingException(e.code(), place + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode body(Input request) {
    Part part = request.require("data", "body");
    try {
      JsonNode body = RequestJson.read(part.text());
      if (body.isObject()) {
        return body;
      }
      throw EnvelopeFormat.refused(
          "body: " + RequestJson.shown(body) + " (expected: a JSON object)");
    } catch (IllegalArgumentException e) {
      throw EnvelopeFormat.refused("body: " + e.getMessage() + " (expected: a JSON object)");
    }
  }

  @Override
  public List<Reply<R>> inference(List<Letter<P>> batch) throws Exception {
    List<P> instances = batch.stream().flatMap(letter -> letter.prepared.stream()).toList();
    // As many as there are requests is what the model's batchSize allows.
    List<R> results = inParts(instances, Math.max(MOST_TOGETHER, batch.size()));
    List<Reply<R>> replies = new ArrayList<>(batch.size());
    int next = 0;
    for (Letter<P> letter : batch) {
      int end = next + letter.inputs.size();
      replies.add(new Reply<>(letter.opened, letter.inputs, results.subList(next, end)));
      next = end;
    }
    return replies;
  }

  private List<R> inParts(List<P> instances, int most) throws Exception {
    List<R> results = new ArrayList<>(instances.size());
    for (int first = 0; first < instances.size(); first += most) {
      List<P> part = instances.subList(first, Math.min(instances.size(), first + most));
      List<R> found = inner.inference(part);
      if (found.size() != part.size()) {
        throw new IllegalStateException(
            "inference gave " + found.size() + " results (expected: " + part.size() + ")");
      }
      results.addAll(found);
    }
    return results;
  }

  @Override
  public Output postprocess(Input request, Reply<R> reply) throws Exception {
    List<Object> values = new ArrayList<>(reply.results.size());
    for (int i = 0; i < reply.results.size(); i++) {
      values.add(inner.result(reply.inputs.get(i), reply.results.get(i)));
    }
    return reply.opened.seal().apply(values);
  }

  @Override
  public boolean explains() {
    return inner.explains();
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("serviceEnvelope", envelope.wireName());
    facts.putAll(inner.describe());
    return facts;
  }

  @Override
  public void close() {
    inner.close();
  }
}
