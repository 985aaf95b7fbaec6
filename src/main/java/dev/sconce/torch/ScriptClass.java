package dev.sconce.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of one class of a TorchScript archive, as {@code
 * torch/csrc/jit/serialization/python_print.cpp} prints it: attributes with their types, then
 * methods, each statement on a line of its own.
 */
final class ScriptClass {
  private static final Pattern ATTRIBUTE =
      Pattern.compile("  (?:(\\w+) :|__annotations__\\[\"([^\"\\\\]*)\"] =) (__torch__[.\\w]*)");
  private static final Pattern METHOD = Pattern.compile("  def (\\w+)\\(self: .*");

  private final String name;

  /** The attributes that are objects of a class of the archive, with that class. */
  private final Map<String, String> objects = new LinkedHashMap<>();

  private final Map<String, List<String>> methods = new LinkedHashMap<>();
  private int end;

  private ScriptClass(String name) {
    this.name = name;
  }

  /**
   * The module class of that name.
   *
   * @param qualifiedName as in {@code __torch__.torch.nn.modules.conv.Conv2d}
   * @param lines of the file that it stands in
   * @return empty if the file has no such class, or if it is no module
   */
  static Optional<ScriptClass> find(String qualifiedName, List<String> lines) {
    String header = "class " + qualifiedName.replaceFirst(".*\\.", "") + "(Module):";
    int start = lines.indexOf(header);
    if (start < 0) {
      return Optional.empty();
    }
    ScriptClass found = new ScriptClass(qualifiedName);
    found.end = start + 1;
    for (List<String> method = new ArrayList<>(); found.end < lines.size(); found.end++) {
      String line = lines.get(found.end);
      if (!line.startsWith(" ")) {
        break;
      }
      method = found.add(line, method);
    }
    return Optional.of(found);
  }

  /** Takes the next line; gives the method that the lines after it belong to. */
  private List<String> add(String line, List<String> method) {
    Matcher start = METHOD.matcher(line);
    Matcher attribute = ATTRIBUTE.matcher(line);
    if (start.matches()) {
      List<String> begun = new ArrayList<>(List.of(line));
      methods.put(start.group(1), begun);
      return begun;
    }
    if (attribute.matches()) {
      boolean plain = attribute.group(1) != null;
      objects.put(attribute.group(plain ? 1 : 2), attribute.group(3));
    }
    method.add(line);
    return method;
  }

  /** As in {@code __torch__.Net}. */
  String name() {
    return name;
  }

  /** The attributes that are objects, with their classes, in the class's order. */
  Map<String, String> objects() {
    return objects;
  }

  /** The lines of a method, its header first. */
  Optional<List<String>> method(String method) {
    return Optional.ofNullable(methods.get(method));
  }

  /** The number of the line after the class's last. */
  int end() {
    return end;
  }
}
