package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.vision.ObjectDetectorHandler.Detection;
import java.util.List;

/**
 * A module as torchvision scripts its detectors: a list of pictures in, losses and detections out.
 * It has the weights of the other golden detector, so TorchServe's answers are the same; the file
 * itself TorchServe cannot ask.
 */
class ListDetectorTest extends PictureHandlerContract<List<Detection>> {
  ListDetectorTest() {
    super("list_detector.pt", "detector");
  }

  @Override
  Handler<PictureTensor, List<Detection>> handler() {
    return VisionFixture.objectDetector();
  }
}
