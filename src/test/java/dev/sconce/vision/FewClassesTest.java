package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.vision.ImageClassifierHandler.Ranked;
import java.util.List;

/** TorchServe's own handler fails with fewer than 5 classes, unless it is told so in Python. */
class FewClassesTest extends PictureHandlerContract<List<Ranked>> {
  FewClassesTest() {
    super("three_classes.pt", "three_classes");
  }

  @Override
  Handler<PictureTensor, List<Ranked>> handler() {
    return VisionFixture.imageClassifier();
  }
}
