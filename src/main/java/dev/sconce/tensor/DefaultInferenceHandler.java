package dev.sconce.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TorchModule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What AWS's PyTorch container does with a TorchScript file that has no code beside it: the whole
 * body is one tensor, its batch dimension the client's; JSON, CSV or NPY in by {@code
 * Content-Type}, the same out by {@code Accept}.
 *
 * <p>After {@code default_pytorch_inference_handler.py}, {@code decoder.py} and {@code encoder.py}
 * of AWS's inference toolkits. Requests of a batch run one after the other: a module may do what it
 * likes with the first dimension.
 */
final class DefaultInferenceHandler implements Handler<NumberTensor, Prediction> {
  /** The name that register calls and manifests use; AWS's module has it. */
  static final String NAME = "default_pytorch_inference_handler";

  private final ScriptLoader scripts;
  private final String defaultAccept;
  private final Staging staging = new Staging();
  private @Nullable TorchModule module;
  private @Nullable String fileName;

  DefaultInferenceHandler(ScriptLoader scripts, String defaultAccept) {
    this.scripts = scripts;
    this.defaultAccept = defaultAccept;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    Path file =
        context.serializedFile().isPresent()
            ? context.modelFile()
            : TorchScriptFile.in(context.modelDirectory());
    Optional<Integer> gpu = context.device().gpu();
    module = context.shared().open(NAME, TorchModule.class, () -> scripts.load(file, gpu));
    fileName = file.getFileName().toString();
  }

  /** Refuses an unsupported {@code Accept}, too, before anything is computed. */
  @Override
  public NumberTensor preprocess(Input input) {
    AnswerForm.of(input, defaultAccept);
    return BodyTensor.of(input);
  }

  @Override
  public List<Prediction> inference(List<NumberTensor> batch) {
    return batch.stream().map(this::forward).toList();
  }

  private Prediction forward(NumberTensor tensor) {
    TorchModule running = Objects.requireNonNull(module, "initialize comes first");
    try {
      return running.compute(
          scope -> {
            NDArray input =
                staging.tensor(
                    scope,
                    tensor.kind().datatype().seen(),
                    tensor.kind().shape(),
                    memory -> memory.put(tensor.bytes().duplicate()));
            return Prediction.of(running.call("forward", scope, input));
          });
    } catch (EngineException e) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "the model refuses %s: %s".formatted(tensor.kind(), TorchModule.reason(e)));
    }
  }

  @Override
  public Output postprocess(Input input, Prediction prediction) {
    return AnswerForm.of(input, defaultAccept).answer(prediction);
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", String.valueOf(fileName));
    facts.put("contentTypes", AnswerForm.SUPPORTED);
    facts.put("defaultAccept", defaultAccept);
    return facts;
  }
}
