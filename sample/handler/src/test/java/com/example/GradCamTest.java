package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sconce.error.ServingException;
import dev.sconce.handler.Deadline;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerMetrics;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.handler.SharedResources;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradCamTest {
  private final SharedResources shared = new SharedResources();
  private final GradCam handler = new GradCam();

  private static HandlerContext context(SharedResources shared, String layer) {
    return new HandlerContext(
        "gradcam",
        "1.0",
        Path.of("model"),
        Optional.of("drawings.pt"),
        Optional.empty(),
        new HandlerSettings(Map.of("layer", layer)),
        Device.CPU,
        shared,
        HandlerMetrics.NONE);
  }

  @BeforeEach
  void initialize() throws Exception {
    handler.initialize(context(shared, "layer3"));
  }

  @AfterEach
  void close() {
    shared.close();
  }

  private static Input request(byte[] body) {
    Deadline deadline = Deadline.after(Duration.ofMinutes(1), System::nanoTime);
    return new Input("test", Map.of("body", Part.of(body)), Map.of(), deadline);
  }

  private static byte[] picture(int width, int height, Color colour) throws Exception {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height / 2; y++) {
      for (int x = 0; x < width / 2; x++) {
        image.setRGB(x, y, colour.getRGB());
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  @Test
  void eachPictureOfABatchGetsTheMapThatItGetsAlone() throws Exception {
    float[] red = handler.preprocess(request(picture(200, 100, Color.RED)));
    float[] white = handler.preprocess(request(picture(30, 300, Color.WHITE)));
    List<GradCam.Seen> together = handler.inference(List.of(red, white));
    assertEquals(2, together.size());
    for (GradCam.Seen seen : together) {
      assertEquals(14, seen.map().length);
      assertTrue(seen.probability() > 0 && seen.probability() <= 1);
    }
    GradCam.Seen alone = handler.inference(List.of(white)).get(0);
    for (int y = 0; y < 14; y++) {
      assertArrayEquals(alone.map()[y], together.get(1).map()[y], 1e-4f);
    }
  }

  @Test
  void whatIsNoPictureIsTheCallersFault() {
    assertThrows(
        ServingException.class, () -> handler.preprocess(request(new byte[] {1, 2, 3, 4})));
  }

  @Test
  void aLayerThatIsNotThereFailsTheRegistration() {
    try (SharedResources own = new SharedResources()) {
      ServingException refused =
          assertThrows(
              ServingException.class, () -> new GradCam().initialize(context(own, "layer5")));
      assertTrue(refused.getMessage().startsWith("layer5: no such layer (expected: one of stem,"));
    }
  }
}
