package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.handler.Handler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSegmenterHandlerTest extends PictureHandlerContract<float[][][]> {
  ImageSegmenterHandlerTest() {
    super("segmenter.pt", "segmenter");
  }

  @Override
  Handler<PictureTensor, float[][][]> handler() {
    return VisionFixture.imageSegmenter();
  }

  @Test
  void picturesThatKeepTheirProportionsAreAnsweredInTheirOwnSizes() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, float[][][]> handler = open(fixture, Map.of("resize", 100))) {
      List<String> bodies = ask(handler, inputs());
      assertThat(bodies.stream().map(ImageSegmenterHandlerTest::size).distinct().count())
          .isGreaterThan(2);
      for (int i = 0; i < bodies.size(); i++) {
        String alone = ask(handler, inputs().subList(i, i + 1)).get(0);
        GoldenAnswers.assertAlike(json(bodies.get(i)), json(alone));
      }
    }
  }

  private static String size(String body) {
    try {
      JsonNode rows = json(body);
      return rows.size() + " x " + rows.get(0).size();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: Tensor) -> Tensor | return x | float32 [1, 3, 224, 224]",
        "x: Tensor) -> Dict[str, Tensor] | return {\"aux\": x} | a dictionary of aux",
        "x: Tensor) -> Dict[str, Tensor] | return {\"out\": torch.flatten(x, 1)}"
            + " | a dictionary of out: float32 [1, 150528]",
        "x: Tensor) -> Dict[str, Tensor] | return {\"out\": torch.cat([x, x])}"
            + " | a dictionary of out: float32 [2, 3, 224, 224]",
        "x: Tensor) -> Dict[str, Tensor] | return {\"out\": torch.to(x, 4)}"
            + " | a dictionary of out: int64 [1, 3, 224, 224]",
        "x: Tensor) -> Dict[str, List[Tensor]] | return {\"out\": [x]}"
            + " | a dictionary of out: a list of 1",
      })
  void aModuleThatGivesAnythingElseIsRefusedWithWhatItGave(
      String declaration, String body, String gave) throws Exception {
    assertRefused(
        declaration,
        body,
        "net.pt: forward(float32 [1, 3, 224, 224]) gave " + gave,
        "(expected: a dictionary with out: floating point numbers [pictures, classes, height,"
            + " width])");
  }
}
