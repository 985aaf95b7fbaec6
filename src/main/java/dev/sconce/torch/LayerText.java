package dev.sconce.torch;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The methods that {@link LayerScript} adds, as text. */
final class LayerText {
  /** The method that is added to the module's own class; {@link LayerModule} calls it. */
  static final String GRADIENTS = "sconce_gradients";

  /** Before the name of a method that hands on the list. */
  static final String PREFIX = "sconce_seen_";

  /** The list that the layer's output is put into. */
  static final String SEEN = "sconce_seen";

  private static final Pattern SELF = Pattern.compile("\\(self: [.\\w]+");
  private static final Pattern RESULT = Pattern.compile(".*\\) -> (.+):");
  private static final String RETURN = "    return ";
  private static final Pattern ONE_TENSOR =
      Pattern.compile("  def forward\\(self: [.\\w]+,\n    \\w+: Tensor\\) -> Tensor:\n");

  /** Does not throw, so that {@link LayerModule} can say in its own words what is wrong. */
  private static final String GRADIENTS_TEXT =
      """
        def %s(self: %s,
          input: Tensor,
          targets: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
          seen = annotate(List[Tensor], [])
          output = (self).%sforward(seen, input, )
          calls = torch.tensor(torch.len(seen))
          layer = torch.detach(output)
          gradient = torch.empty([0])
          if torch.eq(torch.len(seen), 1):
            layer = seen[0]
            if ops.prim.requires_grad(output):
              if torch.eq(torch.dim(output), 2):
                given = torch.clamp(targets, 0, torch.sub(torch.size(output, 1), 1))
                chosen = torch.where(torch.lt(targets, 0), torch.argmax(output, 1), given)
                scores = torch.gather(output, 1, torch.unsqueeze(chosen, 1))
                found = torch.autograd.grad([torch.sum(scores)], [layer])
                gradient = unchecked_cast(Tensor, found[0])
          return (torch.detach(output), torch.detach(layer), gradient, calls)
      """;

  private final String layer;

  /** Texts for the gradients at a layer, whose name is told in faults. */
  LayerText(String layer) {
    this.layer = layer;
  }

  /** The method's text with another name and the list as its first argument. */
  static List<String> handingOn(List<String> method) {
    List<String> copy = new ArrayList<>(method);
    String header =
        SELF.matcher(copy.get(0).replaceFirst("def ", "def " + PREFIX))
            .replaceFirst("$0,\n    " + SEEN + ": List[Tensor]");
    copy.set(0, header);
    return copy;
  }

  /**
   * Lets a layer's method return a copy of what it computed, cut from what came before. A copy,
   * because whoever gets it may write to it, which must change neither what was seen nor a tensor
   * whose gradient is wanted.
   */
  void cut(List<String> method) {
    String type =
        method.stream()
            .map(RESULT::matcher)
            .filter(Matcher::matches)
            .map(result -> result.group(1))
            .findFirst()
            .orElse("nothing");
    if (!type.equals("Tensor")) {
      throw fault("gives " + type + " (expected: Tensor)");
    }
    int last = method.size() - 1;
    if (!method.get(last).startsWith(RETURN)) {
      throw fault("its text does not end in a return (expected: as torch.jit.save prints it)");
    }
    String result = method.remove(last).substring(RETURN.length());
    method.addAll(
        """
            sconce_made = torch.detach(torch.clone(%s))
            sconce_cut = torch.requires_grad_(sconce_made, torch.is_floating_point(sconce_made))
            sconce_count = torch.append(%s, sconce_cut)
            return torch.clone(sconce_cut)
        """
            .formatted(result, SEEN)
            .lines()
            .toList());
  }

  /** The method of the name {@link #GRADIENTS}. */
  List<String> gradients(ScriptClass top) {
    String forward = String.join("\n", top.method("forward").orElseThrow());
    if (!ONE_TENSOR.matcher(forward).lookingAt()) {
      String header = forward.substring(0, Math.max(0, forward.indexOf(":\n")));
      throw fault(
          "the module has"
              + header.replaceAll("\\s+", " ")
              + " (expected: forward(Tensor) -> Tensor)");
    }
    return GRADIENTS_TEXT.formatted(GRADIENTS, top.name(), PREFIX).lines().toList();
  }

  /** The refusal of the layer; to be thrown. */
  ServingException fault(String reason) {
    return new ServingException(ErrorCode.INVALID_MODEL, layer + ": " + reason);
  }
}
