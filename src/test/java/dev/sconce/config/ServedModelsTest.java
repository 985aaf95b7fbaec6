package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code serve} finds to serve. */
class ServedModelsTest {
  private final Path root;
  private final Path model;
  private final ContainerFixture container;

  ServedModelsTest(@TempDir Path root) {
    this.root = root;
    this.model = root.resolve("opt/ml/model");
    this.container = new ContainerFixture(root);
  }

  /** As they would be written in {@code load_models}. */
  private static List<String> models(ServerConfig config) {
    assertThat(config.loadAllModels()).isFalse();
    return config.startupModels().stream()
        .map(served -> served.name().map(name -> name + "=").orElse("") + served.url())
        .toList();
  }

  private List<String> models() {
    return models(container.load(Map.of()));
  }

  private void assertFault(String fault) {
    assertThatThrownBy(() -> container.load(Map.of()))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("1 fault:")
        .hasMessageContaining(fault);
  }

  @Test
  void everyArchiveIsServedAndLooseWeightsBesideAreNot() throws IOException {
    for (String name : List.of("twin.mar", "unet.tar.gz", "encoder.pth", "head.pth", "notes.txt")) {
      container.file("opt/ml/model/" + name);
    }
    ServerConfig config = container.load(Map.of());
    assertThat(config.store().modelStore()).hasValue(model);
    assertThat(models(config)).containsExactly("twin.mar", "unet.tar.gz");
    assertThat(config.mustServe()).isTrue();
    assertThat(config.warnings())
        .containsExactly(
            model + ": encoder.pth, head.pth not loaded: the archives beside are served");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.pt",
        "model.pth",
        "model.safetensors",
        "pytorch_model.bin",
        "export.pkl",
        "model-config.yaml",
        "MAR-INF/MANIFEST.json"
      })
  void aDirectoryWithoutArchivesIsOneModel(String file) throws IOException {
    container.file("opt/ml/model/" + file);
    container.file("opt/ml/model/index_to_name.json");
    assertThat(models()).containsExactly("model=" + model);
  }

  @Test
  void directoriesThatAreModelsAreServedUnderTheirNames() throws IOException {
    container.file("opt/ml/model/siamese/encoder.pth");
    container.file("opt/ml/model/unet/inner/unet.pth");
    container.file("opt/ml/model/code/weights.pth");
    container.file("opt/ml/model/notes/README.md");
    assertThat(models()).containsExactly("siamese", "unet");
  }

  @Test
  void anArchiveWinsOverWhatWasUnpackedFromItAndDirectoriesBesideAreServedToo() throws IOException {
    container.file("opt/ml/model/twin.mar");
    container.file("opt/ml/model/twin/encoder.pth");
    container.file("opt/ml/model/unet/unet.pth");
    ServerConfig config = container.load(Map.of());
    assertThat(models(config)).containsExactly("twin.mar", "unet");
    assertThat(config.warnings())
        .containsExactly(model + ": twin not loaded: the archives beside are served");
  }

  @Test
  void filesBehindLinksAsAVolumeOfKubernetesHasThemAreServed() throws IOException {
    container.file("opt/ml/model/..2026_01/model.pt");
    Files.createSymbolicLink(model.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(model.resolve("model.pt"), Path.of("..data/model.pt"));
    assertThat(models()).containsExactly("model=" + model);
  }

  @Test
  void theDirectoryThatIsNamedWinsThenSageMakersThenTheImagesOwn() throws IOException {
    container.file("model-store/c.mar");
    assertThat(models()).containsExactly("c.mar");
    container.file("opt/ml/model/b.mar");
    assertThat(models()).containsExactly("b.mar");
    container.file("store/a.mar");
    String store = root.resolve("store").toString();
    assertThat(models(container.load(Map.of("TS_MODEL_STORE", store)))).containsExactly("a.mar");
    assertThat(models(container.load("model_store=" + store + "\nload_models=ALL", Map.of())))
        .containsExactly("a.mar");
    container.file("base/model/d.mar");
    assertThat(
            models(container.load(Map.of("SAGEMAKER_BASE_DIR", root.resolve("base").toString()))))
        .containsExactly("d.mar");
  }

  @Test
  void modelsThatAreNamedAreServedAsTheyAreNamed() throws IOException {
    container.file("opt/ml/model/a.mar");
    container.file("opt/ml/model/b.mar");
    ServerConfig config =
        container.load(Map.of(), Optional.empty(), Map.of("load_models", "twin=b.mar"));
    assertThat(models(config)).containsExactly("twin=b.mar");
    assertThat(config.mustServe()).isTrue();
  }

  @Test
  void whereSageMakerLoadsModelsNothingIsServedAtFirst() throws IOException {
    container.file("opt/ml/model/a.mar");
    ServerConfig config =
        container.load("model_store=/a\nload_models=all", Map.of("SAGEMAKER_MULTI_MODEL", "true"));
    assertThat(config.store().modelStore()).hasValue(root.resolve("opt/ml/models"));
    assertThat(models(config)).isEmpty();
    assertThat(config.mustServe()).isFalse();
  }

  @Test
  void pythonIsNamedAndNotRun() throws IOException {
    container.file("opt/ml/model/model.pth");
    container.file("opt/ml/model/code/inference.py");
    Map<String, String> environment =
        Map.of("SAGEMAKER_PROGRAM", "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY", "/opt/ml/code");
    assertThat(container.load(environment).scripts())
        .containsExactly(
            "SAGEMAKER_PROGRAM=inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY=/opt/ml/code",
            model + "/code");
  }

  @Test
  void aDirectoryInWhichThereIsNothingToServeIsAFaultThatNamesWhatThereIs() throws IOException {
    assertFault(
        "model_store: not set, and neither %s nor %s is there (expected: a directory with models)"
            .formatted(model, root.resolve("model-store")));
    Files.createDirectories(model);
    assertFault(model + ": empty (expected: archives ending in .mar or .tar.gz; or a model's own");
    container.file("opt/ml/model/README.md");
    container.file("opt/ml/model/code/inference.py");
    assertFault(model + ": nothing to serve in README.md, code (expected: archives");
    Files.delete(model.resolve("README.md"));
    container.file("file");
    assertThatThrownBy(
            () -> container.load(Map.of("TS_MODEL_STORE", root.resolve("file").toString())))
        .hasMessageContaining(root.resolve("file") + ": no directory (expected: a dir");
    assertThatThrownBy(() -> container.load(Map.of("TS_MODEL_STORE", "/no/store")))
        .hasMessageContaining("/no/store: not there (expected: a directory that can be read)");
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    container.file("opt/ml/model/lost+found/x");
    Path lost = model.resolve("lost+found");
    Files.setPosixFilePermissions(lost, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(lost), "root may read everything");
    assertFault(model + ": nothing to serve in lost+found: permission denied");
    container.file("opt/ml/model/a.mar");
    assertThat(container.load(Map.of()).warnings()).hasSize(1);
  }

  @Test
  void torchserveTakesItsCommandLineAtItsWord() throws IOException {
    Files.createDirectories(root.resolve("store"));
    ServerConfig config = container.loadOutside(Map.of("SAGEMAKER_MULTI_MODEL", "true"), "store");
    assertThat(config.loadAllModels()).isTrue();
    assertThat(config.mustServe()).isFalse();
    assertThat(config.sageMaker().multiModel()).isFalse();
  }
}
