package dev.sconce.torch;

import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Adds to a TorchScript archive's text a method that gives gradients at one of its layers.
 *
 * <p>libtorch has no hooks for scripts. But the archive is text, in which each call of a submodule
 * reads {@code (name).forward(…, )} and each such name is bound before by {@code name =
 * other.attribute} or {@code getattr(other, "attribute")}. So every method on the way from the
 * module's {@code forward} to the layer gets a copy with one more argument in front, a list, which
 * it hands on to the next; in the layer's own copy what it returns is cut from what made it, put
 * into the list and returned. What was there stays as it is, so classes that several submodules
 * share, loops and branches need no care, and the list is each call's own.
 */
final class LayerScript {
  private static final Pattern BINDING =
      Pattern.compile("\\s*(\\w+) = (?:(\\w+)\\.(\\w+)|getattr\\((\\w+), \"([^\"\\\\]+)\"\\))");
  private static final Pattern CALL = Pattern.compile("\\((\\w+)\\)\\.(\\w+)\\(");

  /** Where a name leads that is bound to no module; no attribute is called that. */
  private static final String NOWHERE = "";

  /** How libtorch names the calls of a module: the first, further traced ones, overloads. */
  private static final Pattern FORWARD = Pattern.compile("forward(\\d+|__\\d+)?");

  private final ScriptZip zip;
  private final String code;
  private final LayerText text;
  private final List<String> target;

  /** The lines of each file that a class was looked for in. */
  private final Map<String, List<String>> files = new HashMap<>();

  /** What is to be added to each class. */
  private final Map<ScriptClass, List<String>> added = new HashMap<>();

  /** A method that needs a copy: where its module is in the whole one, and its name. */
  private record Place(List<String> module, String method) {}

  private LayerScript(ScriptZip zip, String layer) throws IOException {
    this.zip = zip;
    this.code = zip.folder() + "code/";
    this.text = new LayerText(layer);
    this.target = Arrays.asList(layer.split("\\.", -1));
  }

  /**
   * Writes a copy of an archive whose module has {@link LayerText#GRADIENTS} beside its own
   * methods.
   *
   * @param layer as in {@code layer4.1.conv2}
   * @throws ServingException {@code INVALID_MODEL} if there is no such layer, if no call of it is
   *     found, if it gives no tensor, or if the file is no TorchScript file
   */
  static void write(Path file, String layer, Path copy) {
    try (ScriptZip zip = new ScriptZip(file)) {
      LayerScript script = new LayerScript(zip, layer);
      script.rewrite();
      zip.copyTo(copy, script.texts());
    } catch (IOException e) {
      throw ScriptZip.refused(file, String.valueOf(e.getMessage()), e);
    }
  }

  private void rewrite() throws IOException {
    Map<List<String>, ScriptClass> classes = classesOnTheWay();
    Deque<Place> toCopy = new ArrayDeque<>(List.of(new Place(List.of(), "forward")));
    Set<Place> known = new HashSet<>(toCopy);
    while (!toCopy.isEmpty()) {
      Place place = toCopy.remove();
      redirected(place, classAt(classes, place.module)).stream()
          .filter(known::add)
          .forEach(toCopy::add);
    }
    if (known.stream().noneMatch(place -> place.module.equals(target))) {
      throw text.fault("forward never calls it (expected: once)");
    }
    ScriptClass top = classAt(classes, List.of());
    add(top, text.gradients(top));
  }

  /** Adds the copy of a method; gives the methods that it calls and that need a copy, too. */
  private List<Place> redirected(Place place, ScriptClass owner) {
    List<String> copy =
        LayerText.handingOn(
            owner
                .method(place.method)
                .orElseThrow(
                    () ->
                        text.fault("%s has no text of %s".formatted(owner.name(), place.method))));
    boolean isLayer = place.module.equals(target);
    List<Place> next = isLayer ? List.of() : redirect(copy, place.module);
    if (isLayer) {
      text.cut(copy);
    }
    add(owner, copy);
    return next;
  }

  private void add(ScriptClass owner, List<String> lines) {
    added.computeIfAbsent(owner, key -> new ArrayList<>()).addAll(lines);
  }

  /** The classes of the module itself, of the layer, and of those between, by their places. */
  private Map<List<String>, ScriptClass> classesOnTheWay() throws IOException {
    Map<List<String>, ScriptClass> classes = new HashMap<>();
    String name = zip.moduleClass();
    ScriptClass owner =
        find(name).orElseThrow(() -> new IOException("no text of the class " + name));
    classes.put(List.of(), owner);
    for (int i = 0; i < target.size(); i++) {
      Optional<ScriptClass> next = module(owner, target.get(i));
      if (next.isEmpty()) {
        throw noSuchLayer(owner, target.subList(0, i));
      }
      owner = next.get();
      classes.put(target.subList(0, i + 1), owner);
    }
    return classes;
  }

  private static ScriptClass classAt(Map<List<String>, ScriptClass> classes, List<String> place) {
    return Optional.ofNullable(classes.get(place)).orElseThrow();
  }

  private Optional<ScriptClass> module(ScriptClass owner, String attribute) throws IOException {
    String type = owner.objects().get(attribute);
    return type == null ? Optional.empty() : find(type);
  }

  private Optional<ScriptClass> find(String qualifiedName) throws IOException {
    return ScriptClass.find(qualifiedName, lines(file(qualifiedName)));
  }

  private String file(String qualifiedName) {
    int dot = Math.max(0, qualifiedName.lastIndexOf('.'));
    return code + qualifiedName.substring(0, dot).replace('.', '/') + ".py";
  }

  private List<String> lines(String name) throws IOException {
    List<String> lines = files.get(name);
    if (lines == null) {
      lines = zip.text(name).orElse("").lines().toList();
      files.put(name, lines);
    }
    return lines;
  }

  private ServingException noSuchLayer(ScriptClass owner, List<String> place) throws IOException {
    List<String> there = new ArrayList<>();
    for (String attribute : owner.objects().keySet()) {
      if (module(owner, attribute).isPresent()) {
        there.add(attribute);
      }
    }
    if (there.isEmpty() && place.isEmpty()) {
      return text.fault(
          "no such layer: the module has none (expected: a module saved before torch.jit.freeze,"
              + " which dissolves its layers)");
    }
    String where = place.isEmpty() ? "" : " in " + String.join(".", place);
    String names = there.isEmpty() ? "none" : "one of " + String.join(", ", there);
    return text.fault("no such layer (expected%s: %s)".formatted(where, names));
  }

  /**
   * Lets the calls that may lead to the layer hand on the list.
   *
   * @return whom they call now
   */
  private List<Place> redirect(List<String> copy, List<String> module) {
    Map<String, List<String>> bound = new HashMap<>(Map.of("self", module));
    List<Place> called = new ArrayList<>();
    for (int i = 1; i < copy.size(); i++) {
      String line = copy.get(i);
      Matcher binding = BINDING.matcher(line);
      if (binding.matches()) {
        bind(bound, binding);
      }
      copy.set(i, CALL.matcher(line).replaceAll(call -> redirected(call, bound, called)));
    }
    return called;
  }

  private String redirected(MatchResult call, Map<String, List<String>> bound, List<Place> called) {
    String method = call.group(2);
    Place place = new Place(bound.getOrDefault(call.group(1), List.of(NOWHERE)), method);
    if (!leadsToTheLayer(place)) {
      return Matcher.quoteReplacement(call.group());
    }
    called.add(place);
    return "(" + call.group(1) + ")." + LayerText.PREFIX + method + "(" + LayerText.SEEN + ", ";
  }

  private static void bind(Map<String, List<String>> bound, Matcher binding) {
    boolean plain = binding.group(2) != null;
    List<String> of = bound.get(binding.group(plain ? 2 : 4));
    if (of != null) {
      List<String> place = new ArrayList<>(of);
      place.add(binding.group(plain ? 3 : 5));
      bound.put(binding.group(1), place);
    }
  }

  private boolean leadsToTheLayer(Place place) {
    int depth = place.module.size();
    return depth <= target.size()
        && place.module.equals(target.subList(0, depth))
        && (depth < target.size() || FORWARD.matcher(place.method).matches());
  }

  /** The changed files. */
  private Map<String, String> texts() {
    Map<String, List<ScriptClass>> changed =
        added.keySet().stream().collect(Collectors.groupingBy(type -> file(type.name())));
    Map<String, String> texts = new HashMap<>();
    // Each class's from below, so that the numbers of the lines above stay right.
    changed.forEach(
        (name, classes) -> {
          List<String> lines = new ArrayList<>(Optional.ofNullable(files.get(name)).orElseThrow());
          classes.stream()
              .sorted(Comparator.comparingInt(ScriptClass::end).reversed())
              .forEach(
                  type ->
                      lines.addAll(type.end(), Optional.ofNullable(added.get(type)).orElseThrow()));
          texts.put(name, String.join("\n", lines) + "\n");
        });
    return texts;
  }
}
