package dev.sconce.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import dev.sconce.tensor.JsonTensor.Kind;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TorchModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Numbers in, numbers out: TorchServe's {@code base_handler} on a TorchScript module.
 *
 * <p>A request is one row of the batch: the JSON of its part {@code data} or {@code body}, lists in
 * lists, read as {@code torch.as_tensor} reads them, or as the part {@code datatype} says. Rows of
 * one size and type, of one request or of several, are stacked, as TorchServe does with them inside
 * an envelope: the model sees {@code [rows, …]}. The answer is the model's row, as {@code tolist()}
 * has it.
 */
final class BaseHandler implements JsonHandler<JsonTensor, Object> {
  /** The name that register calls and manifests use. */
  static final String NAME = "base_handler";

  private final ScriptLoader scripts;
  private final Staging staging = new Staging();
  private @Nullable TorchModule module;

  BaseHandler(ScriptLoader scripts) {
    this.scripts = scripts;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    Optional<Integer> gpu = context.device().gpu();
    module =
        context
            .shared()
            .open(NAME, TorchModule.class, () -> scripts.load(context.modelFile(), gpu));
  }

  @Override
  public JsonTensor preprocess(Input input) {
    Part part = input.require("data", "body");
    String place = input.part("data").filter(part::equals).isPresent() ? "data" : "body";
    Optional<Datatype> datatype = input.part("datatype").map(Part::text).map(Datatype::of);
    try {
      JsonNode json = RequestJson.read(part.text());
      return JsonTensor.of(place, json, datatype);
    } catch (IllegalArgumentException e) {
      throw refused(place + ": " + e.getMessage() + " (expected: JSON lists of numbers)");
    }
  }

  /** To {@code torch.as_tensor}, all instances of a request are one tensor. */
  @Override
  public List<JsonTensor> together(List<JsonTensor> instances) {
    List<Long> shape = instances.get(0).kind().shape();
    for (int i = 1; i < instances.size(); i++) {
      if (!instances.get(i).kind().shape().equals(shape)) {
        throw refused(
            "instances of differing sizes: %s at 0 and %s at %d (expected: one size)"
                .formatted(shape, instances.get(i).kind().shape(), i));
      }
    }
    List<Datatype> found = instances.stream().map(i -> i.kind().datatype()).distinct().toList();
    List<Datatype> order = List.of(Datatype.BOOL, Datatype.INT64, Datatype.FP32);
    if (!order.containsAll(found)) {
      return instances;
    }
    Datatype widest = order.get(found.stream().mapToInt(order::indexOf).max().orElse(0));
    return instances.stream().map(instance -> instance.as(widest)).toList();
  }

  @Override
  public List<Object> inference(List<JsonTensor> batch) {
    Map<Kind, List<Integer>> alike = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      alike.computeIfAbsent(batch.get(i).kind(), kind -> new ArrayList<>()).add(i);
    }
    Object[] results = new Object[batch.size()];
    alike.forEach(
        (kind, places) -> {
          List<Object> rows = forward(kind, places.stream().map(batch::get).toList());
          for (int i = 0; i < rows.size(); i++) {
            results[places.get(i)] = rows.get(i);
          }
        });
    return Arrays.asList(results);
  }

  private List<Object> forward(Kind kind, List<JsonTensor> rows) {
    TorchModule running = Objects.requireNonNull(module, "initialize comes first");
    try {
      return running.compute(
          scope -> rows(running.run("forward", scope, stacked(kind, rows, scope)), rows.size()));
    } catch (EngineException e) {
      throw refused(
          "the model refuses a batch of "
              + rows.size()
              + " of "
              + kind
              + ": "
              + TorchModule.reason(e));
    }
  }

  private NDArray stacked(Kind kind, List<JsonTensor> rows, NDManager scope) {
    DataType seen = kind.datatype().seen();
    DataType written = seen == DataType.FLOAT16 ? DataType.FLOAT32 : seen;
    List<Long> shape = Stream.concat(Stream.of((long) rows.size()), kind.shape().stream()).toList();
    NDArray tensor =
        staging.tensor(scope, written, shape, memory -> rows.forEach(row -> row.write(memory)));
    return seen == written ? tensor : tensor.toType(seen, false);
  }

  private static List<Object> rows(NDList answer, int count) {
    if (answer.size() != 1) {
      throw unusable("the model answers " + answer.size() + " tensors (expected: one)");
    }
    long[] shape = answer.get(0).getShape().getShape();
    if (shape.length == 0 || shape[0] != count) {
      throw unusable(
          "the model answers %s to a batch of %d (expected: a row for each)"
              .formatted(Arrays.toString(shape), count));
    }
    return TensorValues.of(answer.get(0)).rows();
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }

  private static ServingException unusable(String message) {
    return new ServingException(ErrorCode.INTERNAL, message);
  }

  @Override
  public Object result(Input input, Object row) {
    return row;
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("input", "JSON lists of numbers, one row of a batch");
  }
}
