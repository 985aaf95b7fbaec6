package dev.sconce.vision;

import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.PngFile;
import dev.sconce.npy.NpyWriter;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The forms in which a segmenter gives its mask: JSON with the bytes in base64, a picture, or an
 * array.
 */
final class MaskForms {
  private static final String NPY = "application/x-npy";

  private MaskForms() {}

  /**
   * The answer in the form that the request wishes for: {@code image/png} is a picture with the
   * classes as numbers of its palette's colours, {@code application/x-npy} NumPy's uint8 array
   * [height, width], everything else {@code {"base64_prediction": "…"}}, the same bytes in base64.
   */
  static Output answer(Input input, Mask mask) {
    return switch (AcceptHeader.wish(input, PngFile.MEDIA_TYPE, NPY).orElse("")) {
      case PngFile.MEDIA_TYPE ->
          Output.bytes(
              PngFile.MEDIA_TYPE, PngFile.ofNumbers(mask.height(), mask.width(), mask.classes()));
      case NPY -> Output.bytes(NPY, npy(mask));
      default -> Output.json(json(mask));
    };
  }

  /** The original service's answer. */
  static Map<String, Object> json(Mask mask) {
    return Map.of("base64_prediction", Base64.getEncoder().encodeToString(mask.classes()));
  }

  private static byte[] npy(Mask mask) {
    List<Long> shape = List.of((long) mask.height(), (long) mask.width());
    byte[] classes = mask.classes();
    return NpyWriter.bytes("|u1", shape, classes.length, data -> data.put(classes));
  }
}
