package dev.sconce.vision;

import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.PngFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * The forms in which a segmenter gives its mask: JSON with the bytes in base64, a picture, or an
 * array.
 */
final class MaskForms {
  private static final String NPY = "application/x-npy";
  private static final int NPY_ALIGNMENT = 64;

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

  /** Format 1.0 of {@code numpy/lib/format.py}. */
  private static byte[] npy(Mask mask) {
    String dict =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(mask.height(), mask.width());
    int preamble = 10;
    int unpadded = preamble + dict.length() + 1;
    int begin = (unpadded + NPY_ALIGNMENT - 1) / NPY_ALIGNMENT * NPY_ALIGNMENT;
    ByteBuffer npy =
        ByteBuffer.allocate(begin + mask.classes().length).order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    npy.put((byte) 1).put((byte) 0).putShort((short) (begin - preamble));
    npy.put((dict + " ".repeat(begin - unpadded) + "\n").getBytes(StandardCharsets.US_ASCII));
    return npy.put(mask.classes()).array();
  }
}
