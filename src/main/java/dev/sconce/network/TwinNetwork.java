package dev.sconce.network;

import dev.sconce.error.ServingException;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A twin (Siamese) network: one encoder sees two pictures, a head judges both sets of features
 * together.
 *
 * <p>As a TorchScript module it has two methods:
 *
 * <ul>
 *   <li>{@link Methods#FORWARD}: pictures float32 [2 N, H, W, 3], normalised, N left ones and then
 *       N right ones → (logits float32 [N, classes], features float32 [N, 2 C, h, w], left channels
 *       first). One encoder call serves all pictures.
 *   <li>{@link #EXPLAIN}: features float32 [N, 2 C, h, w], to be run with gradients switched on and
 *       on a copy that no one else holds → heat-maps float32 [N, 2, h, w], left and right: Grad-CAM
 *       (Selvaraju et al., arXiv 1610.02391) of the largest logit without its final ReLU, which is
 *       what the original service answers. The gradient is collected by autograd through the head
 *       alone; that through the encoder is not needed, for its output is the layer looked at.
 * </ul>
 */
public final class TwinNetwork {
  /** The method that explains. */
  public static final String EXPLAIN = "explain";

  private final ResNetEncoder encoder;
  private final TwinHead head;

  private TwinNetwork(ResNetEncoder encoder, TwinHead head) {
    this.encoder = encoder;
    this.head = head;
  }

  /** Whether {@code weights} looks like an encoder. */
  public static boolean isEncoder(StateDict weights) {
    return ResNetEncoder.recognises(weights);
  }

  /** Whether {@code weights} looks like a head. */
  public static boolean isHead(StateDict weights) {
    return TwinHead.recognises(weights);
  }

  /**
   * Infers the network from its weights.
   *
   * @throws ServingException {@code INVALID_MODEL} if they are not of this kind or do not fit one
   *     another, naming every key and shape that does not fit
   */
  public static TwinNetwork infer(StateDict encoderWeights, StateDict headWeights) {
    ResNetEncoder encoder = ResNetEncoder.infer(encoderWeights);
    return new TwinNetwork(encoder, TwinHead.infer(headWeights, 2L * encoder.channels()));
  }

  /** The make, for people. */
  public String summary() {
    return encoder.summary() + "; head: " + head.summary();
  }

  /** How many logits there are. */
  public int classes() {
    return head.classes();
  }

  /** Writes the network as a TorchScript archive. */
  public void write(Path file, Precision precision, OperatorSet operators) throws IOException {
    ScriptBuilder script = new ScriptBuilder(operators);
    TwinHead.Folded folded = head.fold();
    writeForward(script, folded, precision);
    writeExplain(script, folded);
    script.write(file);
  }

  private void writeForward(ScriptBuilder script, TwinHead.Folded folded, Precision precision) {
    script.method(Methods.FORWARD, "pictures: Tensor", "Tuple[Tensor, Tensor]");
    String x = script.channelsFirst("pictures", precision);
    x = script.toFloat32(encoder.write(script, x, precision), precision);
    String features = script.let("torch.cat(torch.chunk(" + x + ", 2, 0), 1)");
    String logits = folded.write(script, features);
    script.returns("(" + logits + ", " + features + ")");
  }

  private static void writeExplain(ScriptBuilder script, TwinHead.Folded folded) {
    script.method(EXPLAIN, "features: Tensor", "Tensor");
    String f = script.let("torch.requires_grad_(features)");
    String logits = folded.write(script, f);
    String best = script.let("torch.argmax(" + logits + ", 1, True)");
    String score = script.let("torch.sum(torch.gather(" + logits + ", 1, " + best + "))");
    // Items do not mix in the head, so the gradient of the sum is each item's own.
    String gradients = script.let("torch.autograd.grad([" + score + "], [" + f + "])");
    String gradient = script.let("unchecked_cast(Tensor, " + gradients + "[0])");
    String channelWeights = script.let("torch.mean(" + gradient + ", [2, 3], True)");
    String weighted = script.let("torch.mul(" + channelWeights + ", torch.detach(" + f + "))");
    String sides = script.let("torch.chunk(" + weighted + ", 2, 1)");
    String left = script.let("torch.sum(" + sides + "[0], [1])");
    String right = script.let("torch.sum(" + sides + "[1], [1])");
    script.returns("torch.stack([" + left + ", " + right + "], 1)");
  }
}
