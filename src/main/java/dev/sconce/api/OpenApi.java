package dev.sconce.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.ModelDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What may be asked, in OpenAPI 3: the documents {@code openapi/inference.json}, {@code
 * management.json} and {@code metrics.json} among the resources, cut to the routes that there are.
 */
public final class OpenApi {
  private static final List<String> DOCUMENTS = List.of("inference", "management", "metrics");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "{model}";

  /** Routes that every document has and that no API makes. */
  private static final Set<String> OWN = Set.of("OPTIONS /", "* /api-description");

  private OpenApi() {}

  /** Adds {@code OPTIONS /} and {@code /api-description}, which describe the routes so far. */
  public static void addTo(Router.Builder router) {
    Response description = json(describing(router.routes()));
    router
        .route("OPTIONS", "/", request -> CompletableFuture.completedFuture(description))
        .any("/api-description", request -> CompletableFuture.completedFuture(description));
  }

  /**
   * The routes of one document that name a model, for that model.
   *
   * @param document {@code inference} or {@code management}
   * @param routes which there are
   */
  static Response ofModel(String document, ModelDescription model, Set<String> routes) {
    ObjectNode all = read(document);
    boolean unused = cut(all, routes);
    ObjectNode cut = all.deepCopy();
    cut.withObject("/info").put("title", "Sconce: " + model.key().name());
    cut.withObject("/info").put("version", model.key().version());
    ObjectNode paths = cut.putObject("paths");
    for (Map.Entry<String, JsonNode> path : all.get("paths").properties()) {
      if (path.getKey().contains(MODEL)) {
        ObjectNode item = path.getValue().deepCopy();
        removeModel(item.withArray("/parameters"));
        paths.set(path.getKey().replace(MODEL, model.key().name()), item);
      }
    }
    return json(cut);
  }

  private static void removeModel(ArrayNode parameters) {
    Iterator<JsonNode> each = parameters.elements();
    while (each.hasNext()) {
      if (each.next().path("$ref").asText().endsWith("/model")) {
        each.remove();
      }
    }
  }

  /** The documents' parts that are about one of {@code routes}, as one document. */
  static ObjectNode describing(Set<String> routes) {
    List<ObjectNode> parts = new ArrayList<>();
    for (String name : DOCUMENTS) {
      ObjectNode document = read(name);
      if (cut(document, routes)) {
        parts.add(document);
      }
    }
    ObjectNode whole = parts.isEmpty() ? read(DOCUMENTS.get(0)) : parts.get(0);
    for (ObjectNode part : parts) {
      whole.withObject("/paths").setAll(part.withObject("/paths"));
      for (Map.Entry<String, JsonNode> kind : part.withObject("/components").properties()) {
        whole.withObject("/components/" + kind.getKey()).setAll((ObjectNode) kind.getValue());
      }
    }
    whole
        .withObject("/info")
        .put(
            "title",
            parts.stream()
                .map(part -> part.at("/info/title").asText())
                .collect(Collectors.joining(", ")));
    return whole;
  }

  /** Takes out what is not served; whether anything but the document itself is left. */
  private static boolean cut(ObjectNode document, Set<String> routes) {
    boolean any = false;
    for (Map.Entry<String, JsonNode> path : List.copyOf(document.get("paths").properties())) {
      ObjectNode item = (ObjectNode) path.getValue();
      for (String method : List.copyOf(methods(item))) {
        String route = method.toUpperCase(Locale.ROOT) + " " + path.getKey();
        boolean own = OWN.contains(route) || OWN.contains("* " + path.getKey());
        boolean served = isServed(routes, method, path.getKey());
        any |= served;
        if (!own && !served) {
          item.remove(method);
        }
      }
      if (methods(item).isEmpty()) {
        document.withObject("/paths").remove(path.getKey());
      }
    }
    return any;
  }

  private static boolean isServed(Set<String> routes, String method, String path) {
    String pattern = path.replace("{rest}", "{rest...}");
    return routes.contains("* " + pattern)
        || routes.contains(method.toUpperCase(Locale.ROOT) + " " + pattern);
  }

  /** The members of a path that are operations. */
  static List<String> methods(JsonNode item) {
    return item.properties().stream()
        .map(Map.Entry::getKey)
        .filter(member -> !member.equals("parameters"))
        .toList();
  }

  private static ObjectNode read(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            OpenApi.class.getResourceAsStream("/openapi/" + name + ".json"), name)) {
      ObjectNode document = (ObjectNode) JSON.readTree(in);
      document.withObject("/info").set("version", JsonNodeFactory.instance.textNode(version()));
      return document;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the jar's manifest has it; classes that lie about have none. */
  private static String version() {
    return Optional.ofNullable(OpenApi.class.getPackage().getImplementationVersion())
        .orElse("unknown");
  }

  private static Response json(JsonNode document) {
    return Answers.json(200, JSON.convertValue(document, Object.class));
  }
}
