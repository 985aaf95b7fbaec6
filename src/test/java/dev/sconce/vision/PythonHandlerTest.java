package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.image.PictureTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonHandlerTest {
  private static final List<PythonHandler.Transform> TWIN =
      PictureSettings.imagenet(PictureTransform.imageSize(224, 224)).asTorchvision();

  @TempDir Path directory;

  private List<String> differences(String python) throws IOException {
    Files.writeString(directory.resolve("handler.py"), python);
    return PythonHandler.read(directory, "handler.py").orElseThrow().differences(TWIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transforms.Resize((224, 224))",
        "transforms.Resize([224,224])",
        "T.Resize(size=(224, 224), interpolation=InterpolationMode.BILINEAR)",
        "Resize((224, 224), antialias=True)",
        "transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])",
        "transforms.Normalize(mean=[0.485, 0.456, 0.406],\n    std=[0.229, 0.224, 0.225])",
        "transforms.Normalize((.485, .456, .406), (.229, .224, .225))",
        "Resize((224, 224)) # was Resize((96, 128)) once",
        "transforms.Resize(self.size)",
        "cv2.resize(image, (96, 128))",
        ""
      })
  void whatDoesTheSameOrSaysNoNumbersIsNoDifference(String python) throws IOException {
    assertThat(differences(python)).isEmpty();
  }

  @Test
  void otherSizesAndStatisticsAreTold() throws IOException {
    assertThat(differences("x = transforms.Resize((96, 128))\ny = Resize(224)"))
        .containsExactly(
            "handler.py has Resize((96, 128)), here it is Resize([224, 224])",
            "handler.py has Resize(224), here it is Resize([224, 224])");
    assertThat(differences("transforms.Normalize([0.5] * 3, [0.5, 0.5, 0.5])")).hasSize(1);
  }

  @Test
  void stepsThatAreNotDoneHereAreTold() throws IOException {
    assertThat(differences("transforms.CenterCrop(224)"))
        .containsExactly("handler.py has CenterCrop(224), which is not done here");
  }

  @Test
  void aCallThatNeverClosesEndsWithTheText() throws IOException {
    assertThat(differences("transforms.Resize((96, 128"))
        .containsExactly("handler.py has Resize((96, 128), here it is Resize([224, 224])");
  }

  @Test
  void aTextMadeOfCallsThatNeverCloseIsReadInPart() throws IOException {
    List<String> differences = differences("Resize(1, ".repeat(100_000));
    assertThat(differences).hasSize(100).allMatch(line -> line.length() < 1100);
  }

  @Test
  void theFunctionsNameIsNoPartOfTheFilesName() throws IOException {
    Files.writeString(directory.resolve("service.py"), "Resize((1, 2))");
    assertThat(PythonHandler.read(directory, "service.py:handle")).isPresent();
  }

  @Test
  void filesOutsideTheModelAreNotRead() {
    assertThat(PythonHandler.read(directory, "../handler.py")).isEmpty();
    assertThat(PythonHandler.read(directory, "absent.py")).isEmpty();
  }
}
