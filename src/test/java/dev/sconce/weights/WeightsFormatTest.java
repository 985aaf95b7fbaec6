package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsFormatTest {

  @ParameterizedTest
  @CsvSource({
    "good/zip_protocol2.pth, TORCH_ZIP",
    "good/renamed_root.pt, TORCH_ZIP",
    "good/legacy_protocol2.pth, TORCH_LEGACY",
    "good/legacy_protocol4.pth, TORCH_LEGACY",
    "good/safetensors.safetensors, SAFETENSORS",
    "refused/torchscript.pt, TORCHSCRIPT"
  })
  void theFormatIsToldByContent(String file, WeightsFormat format, @TempDir Path folder)
      throws IOException {
    Path renamed = folder.resolve("any.name");
    Files.copy(GoldenFiles.ROOT.resolve(file), renamed);

    assertThat(WeightsFormat.of(renamed)).isEqualTo(format);
  }

  @ParameterizedTest
  @CsvSource({"128", "67324752"})
  void aHeaderLengthThatLooksLikeAnotherFormatIsSafetensors(int length, @TempDir Path folder)
      throws IOException {
    // 128 begins with the byte of a pickle, 67324752 with the signature of a zip file.
    byte[] file = new byte[9];
    for (int i = 0; i < 4; i++) {
      file[i] = (byte) (length >> (8 * i));
    }
    file[8] = '{';

    assertThat(WeightsFormat.of(Files.write(folder.resolve("w"), file)))
        .isEqualTo(WeightsFormat.SAFETENSORS);
  }

  @Test
  void aZipFileOfSomethingElseIsRefused(@TempDir Path folder) throws IOException {
    byte[] zip = new ZipBuilder().stored("word/document.xml", new byte[3]).build();
    Path file = Files.write(folder.resolve("w.docx"), zip);

    assertThatThrownBy(() -> WeightsFormat.of(file))
        .hasMessage(
            "w.docx: zip file with 0 entries data.pkl (expected: 1, as torch.save writes it)");
  }
}
