package dev.sconce.vision;

import dev.sconce.handler.HandlerContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of an archive's own Python handler. It is read, never run: what it says of picture sizes
 * and normalisation is compared with what the built-in pipeline does in its place.
 */
final class PythonHandler {
  private static final int MAX_BYTES = 1 << 20;

  /** More than any handler has; what is read grows with their product, not with its square. */
  private static final int MOST_CALLS = 100;

  private static final int LONGEST_CALL = 1000;
  private static final Pattern COMMENT = Pattern.compile("#[^\n]*");
  private static final Pattern CALL = Pattern.compile("\\b(Resize|CenterCrop|Normalize)\\s*\\(");
  private static final Pattern OTHER_ARGUMENT =
      Pattern.compile("\\b(interpolation|max_size|antialias|inplace)\\s*=.*", Pattern.DOTALL);
  private static final Pattern NUMBER =
      Pattern.compile("(?<![A-Za-z_0-9.])-?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?");
  private static final Pattern KEYWORD = Pattern.compile("\\b(size|mean|std)\\s*=");

  private final String fileName;
  private final List<Transform> transforms;

  private PythonHandler(String fileName, List<Transform> transforms) {
    this.fileName = fileName;
    this.transforms = transforms;
  }

  /**
   * A call of one of torchvision's transforms as it stands in the text.
   *
   * @param name {@code Resize}, {@code CenterCrop} or {@code Normalize}
   * @param text the whole call, on one line
   * @param numbers its literal numbers; empty if it has none
   */
  record Transform(String name, String text, List<Double> numbers) {}

  /**
   * Reads {@code handler} ({@code handler.py} or {@code handler.py:function}) of an archive.
   *
   * @return empty if the archive has no such file, or one too large to be a handler
   */
  static Optional<PythonHandler> read(Path modelDirectory, String handler) {
    String fileName = handler.replaceFirst(":.*", "");
    Path file = modelDirectory.resolve(fileName).normalize();
    try {
      if (!file.startsWith(modelDirectory)
          || !Files.isRegularFile(file)
          || Files.size(file) > MAX_BYTES) {
        return Optional.empty();
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return Optional.of(new PythonHandler(fileName, transforms(text)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<Transform> transforms(String text) {
    String code = COMMENT.matcher(text).replaceAll("");
    List<Transform> found = new ArrayList<>();
    Matcher call = CALL.matcher(code);
    while (call.find() && found.size() < MOST_CALLS) {
      int end = closing(code, call.end());
      String arguments = code.substring(call.end(), end);
      String shown = call.group(1) + "(" + arguments.replaceAll("\\s+", " ").strip() + ")";
      found.add(new Transform(call.group(1), shown, numbers(arguments)));
    }
    return found;
  }

  /** Where the parenthesis closes that was opened before {@code from}, or the text is too long. */
  private static int closing(String code, int from) {
    int end = Math.min(code.length(), from + LONGEST_CALL);
    int depth = 1;
    int at = from;
    while (at < end) {
      char c = code.charAt(at);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return at;
      }
      at++;
    }
    return at;
  }

  private static List<Double> numbers(String arguments) {
    String own = OTHER_ARGUMENT.matcher(arguments).replaceFirst("");
    Matcher number = NUMBER.matcher(KEYWORD.matcher(own).replaceAll(""));
    List<Double> numbers = new ArrayList<>();
    while (number.find()) {
      numbers.add(Double.valueOf(number.group()));
    }
    return numbers;
  }

  /**
   * Says under {@code differences} where the Python handler that a built-in one stands in for
   * treats pictures otherwise; nothing if it was not replaced, cannot be read, or does the same.
   *
   * @param pipeline what the built-in handler does, in torchvision's words
   */
  static void addDifferences(
      Map<String, Object> facts, HandlerContext context, List<Transform> pipeline) {
    List<String> differences =
        context
            .replacedHandler()
            .flatMap(handler -> read(context.modelDirectory(), handler))
            .map(python -> python.differences(pipeline))
            .orElse(List.of());
    if (!differences.isEmpty()) {
      facts.put("differences", differences);
    }
  }

  /**
   * Where the text differs from what the pipeline does, for people: {@code handler.py has
   * Resize((256, 256)), here it is Resize([224, 224])}.
   *
   * @param pipeline what the pipeline does, in the same terms
   */
  List<String> differences(List<Transform> pipeline) {
    List<String> differences = new ArrayList<>();
    for (Transform theirs : transforms) {
      Optional<Transform> ours =
          pipeline.stream().filter(step -> step.name().equals(theirs.name())).findFirst();
      boolean same = ours.isPresent() && sides(ours.get()).equals(sides(theirs));
      if (!same && !theirs.numbers().isEmpty()) {
        String here =
            ours.map(step -> "here it is " + step.text()).orElse("which is not done here");
        differences.add(fileName + " has " + theirs.text() + ", " + here);
      }
    }
    return differences;
  }

  /** CenterCrop(224) is CenterCrop((224, 224)); but Resize(224) keeps the picture's proportions. */
  private static List<Double> sides(Transform transform) {
    List<Double> numbers = transform.numbers();
    boolean square = transform.name().equals("CenterCrop") && numbers.size() == 1;
    return square ? List.of(numbers.get(0), numbers.get(0)) : numbers;
  }
}
