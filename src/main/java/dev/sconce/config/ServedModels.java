package dev.sconce.config;

import dev.sconce.archive.StoreContents;
import dev.sconce.config.ServerConfig.StartupModel;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is served from the start.
 *
 * @param store the directory models are taken from
 * @param models what to load, in this order
 * @param all whether to load everything in the store besides
 * @param required whether a server that can serve none of it is of no use
 * @param scripts Python that lies beside the models, and is not run
 */
record ServedModels(
    Optional<Path> store,
    List<StartupModel> models,
    boolean all,
    boolean required,
    List<String> scripts) {
  /** What a model is called whose directory has no name of its own, as in SageMaker's container. */
  private static final String ONLY = "model";

  private static final String EXPECTED =
      "archives ending in .mar or .tar.gz; or a model's own files: weights, model-config.yaml,"
          + " MAR-INF; or directories with these";

  private static final String CODE = "code";

  /** Exactly what keys say. */
  static ServedModels asTold(KeyReader keys) {
    List<String> names = names(keys);
    return new ServedModels(
        keys.path("model_store"),
        named(names),
        names.stream().anyMatch(ServedModels::isAll),
        false,
        List.of());
  }

  /**
   * What keys say, and what they leave open by what there is: in {@code model_store}, else in
   * {@code /opt/ml/model}, else in {@code /model-store}, archives are served, or else the directory
   * as one model, or else the directories in it. With SageMaker's multi-model mode nothing is, from
   * {@code /opt/ml/models}.
   *
   * @param root the container's root directory
   */
  static ServedModels inContainer(KeyReader keys, Path root, boolean multiModel) {
    Path base =
        keys.variable("SAGEMAKER_BASE_DIR").map(Path::of).orElseGet(() -> root.resolve("opt/ml"));
    ServedModels told = asTold(keys);
    if (multiModel) {
      return new ServedModels(
          Optional.of(base.resolve("models")), List.of(), false, false, scripts(keys));
    }
    List<Path> usual = List.of(base.resolve("model"), root.resolve("model-store"));
    Optional<Path> store = told.store.or(() -> usual.stream().filter(Files::exists).findFirst());
    if (store.isEmpty()) {
      keys.fault(
          "model_store",
          "not set, and neither " + usual.get(0) + " nor " + usual.get(1) + " is there",
          "a directory with models");
      return told;
    }
    Found found = new Found(keys, store.get());
    List<StartupModel> models = new ArrayList<>(told.models);
    if (told.all || models.isEmpty()) {
      models.addAll(found.models());
    }
    return new ServedModels(store, models, false, true, found.scripts());
  }

  /** What SageMaker's PyTorch container would run, in those models that have it. */
  private static List<String> scripts(KeyReader keys) {
    return Stream.of("SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_HANDLER")
        .flatMap(name -> keys.variable(name).map(value -> name + "=" + value).stream())
        .toList();
  }

  private static List<String> names(KeyReader keys) {
    return Stream.of(keys.text("load_models").orElse("").split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static boolean isAll(String name) {
    return name.equalsIgnoreCase("all");
  }

  private static List<StartupModel> named(List<String> names) {
    return names.stream().filter(name -> !isAll(name)).map(ServedModels::startupModel).toList();
  }

  private static StartupModel startupModel(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':');
    boolean partOfUrl = colon >= 0 && colon < equals;
    return equals < 0 || partOfUrl
        ? new StartupModel(Optional.empty(), text)
        : new StartupModel(Optional.of(text.substring(0, equals)), text.substring(equals + 1));
  }

  /** What there is in a directory. */
  private record Found(KeyReader keys, Path directory) {

    /** The models; none is a fault. */
    List<StartupModel> models() {
      try {
        StoreContents contents = StoreContents.of(directory);
        List<StartupModel> models = models(contents);
        if (models.isEmpty()) {
          keys.fault(directory.toString(), shown(contents), EXPECTED);
        } else {
          contents.unreadable().forEach(what -> keys.warn(directory + "/" + what));
        }
        return models;
      } catch (IOException e) {
        keys.fault(directory.toString(), reason(e), "a directory that can be read");
        return List.of();
      }
    }

    private List<StartupModel> models(StoreContents contents) {
      if (contents.archives().isEmpty() && !contents.own().isEmpty()) {
        return List.of(new StartupModel(Optional.of(ONLY), directory.toString()));
      }
      List<String> beside = new ArrayList<>(contents.own());
      List<String> names = new ArrayList<>(contents.archives());
      for (String model : contents.models()) {
        boolean unpacked = contents.archives().stream().anyMatch(a -> a.startsWith(model + "."));
        if (unpacked) {
          beside.add(model);
        } else if (!model.equals(CODE)) {
          names.add(model);
        }
      }
      if (!contents.archives().isEmpty() && !beside.isEmpty()) {
        keys.warn(
            "%s: %s not loaded: the archives beside are served"
                .formatted(directory, String.join(", ", beside)));
      }
      return names.stream().sorted().map(n -> new StartupModel(Optional.empty(), n)).toList();
    }

    private static String shown(StoreContents contents) {
      List<String> all = new ArrayList<>(contents.others());
      all.addAll(contents.models());
      all.addAll(contents.unreadable());
      return all.isEmpty() ? "empty" : "nothing to serve in " + String.join(", ", all);
    }

    /** These exceptions' own messages do not say it. */
    private static String reason(IOException e) {
      if (e instanceof NoSuchFileException) {
        return "not there";
      }
      if (e instanceof NotDirectoryException) {
        return "no directory";
      }
      return e instanceof AccessDeniedException
          ? "permission denied"
          : e.getClass().getSimpleName();
    }

    /** With what lies in the directory. */
    List<String> scripts() {
      List<String> scripts = new ArrayList<>(ServedModels.scripts(keys));
      Path code = directory.resolve(CODE);
      if (Files.isDirectory(code)) {
        scripts.add(code.toString());
      }
      return scripts;
    }
  }
}
