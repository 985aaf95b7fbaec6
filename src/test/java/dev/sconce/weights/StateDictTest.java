package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StateDictTest {

  static List<Path> goodFiles() throws IOException {
    return GoldenFiles.weights("good");
  }

  @ParameterizedTest
  @MethodSource("goodFiles")
  void namesShapesTypesAndValuesAreThosePyTorchReads(Path file) throws IOException {
    List<String[]> expected =
        Files.readAllLines(GoldenFiles.beside(file, ".txt")).stream()
            .map(line -> line.split("\t", -1))
            .toList();

    StateDict read = StateDict.read(file);

    assertThat(read.fileName()).isEqualTo(file.getFileName().toString());
    assertThat(read.tensors().keySet())
        .containsExactlyInAnyOrderElementsOf(expected.stream().map(line -> line[0]).toList());
    for (String[] line : expected) {
      GoldenFiles.check(read.find(line[0]).orElseThrow(), line);
    }
  }

  @ParameterizedTest
  @CsvSource({"zip_protocol2", "legacy_protocol2", "zip_data_parallel", "deflated"})
  void namesKeepTheOrderOfTheFile(String name) {
    assertThat(good(name + ".pth").tensors().keySet())
        .containsExactly(
            "conv.weight",
            "bn.weight",
            "bn.bias",
            "bn.running_mean",
            "bn.running_var",
            "bn.num_batches_tracked",
            "head.weight",
            "head.bias");
  }

  @ParameterizedTest
  @CsvSource({
    "zip_protocol2.pth, true",
    "legacy_protocol2.pth, true",
    "no_root.bin, true",
    "safetensors.safetensors, true",
    "deflated.pth, false"
  })
  void valuesAreMappedWhereTheFormatAllows(String name, boolean mapped) {
    Tensor tensor = good(name).find("conv.weight").orElseThrow();

    assertThat(tensor.bytes().isDirect()).isEqualTo(mapped);
    assertThat(tensor.floats().isDirect()).isEqualTo(mapped);
  }

  @Test
  void aPartIsFoundByItsPrefixUnderTheRestOfTheNames() {
    StateDict whole = good("zip_protocol2.pth");

    StateDict part = whole.sub("bn.");

    assertThat(part.fileName()).isEqualTo("zip_protocol2.pth");
    assertThat(part.tensors().keySet())
        .containsExactly("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    assertThat(part.find("bias")).isEqualTo(whole.find("bn.bias"));
    assertThat(whole.sub("none.").tensors()).isEmpty();
  }

  @Test
  void modulesKeepTheirVersionsWhenPrefixesAreTakenOff() {
    assertThat(good("zip_compiled_parallel.pth").moduleVersion("bn")).contains(2L);
    assertThat(good("zip_protocol2.pth").sub("bn.").moduleVersion("")).contains(2L);
    assertThat(good("zip_protocol2.pth").sub("bn.").moduleVersion("bn")).isEmpty();
    assertThat(good("zip_plain_dict.pth").moduleVersion("bn")).isEmpty();
  }

  private static StateDict good(String name) {
    return StateDict.read(GoldenFiles.ROOT.resolve("good").resolve(name));
  }
}
