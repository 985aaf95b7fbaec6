package dev.sconce.weights;

import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/** The formats that weights come in, told apart by content and never by a file's name. */
public enum WeightsFormat {
  /** What {@code torch.save} has written since PyTorch 1.6. */
  TORCH_ZIP,
  /** What {@code torch.save} wrote before, and still writes when asked to. */
  TORCH_LEGACY,
  /** What {@code safetensors} writes. */
  SAFETENSORS,
  /** What {@code torch.jit.save} writes: code with its weights, not a state dict. */
  TORCHSCRIPT;

  private static final int SNIFFED_BYTES = 9;
  private static final int ZIP_SIGNATURE = 0x04034b50;
  private static final int PICKLE_PROTO = 0x80;

  /**
   * The format of {@code file}.
   *
   * @throws ServingException with {@code INVALID_MODEL} if it is none of them or cannot be read
   */
  public static WeightsFormat of(Path file) {
    try (WeightsFile open = WeightsFile.open(file)) {
      return of(open);
    }
  }

  static WeightsFormat of(WeightsFile file) {
    if (file.length() < SNIFFED_BYTES) {
      throw file.source().fault(file.length() + " bytes (expected: a file of weights)");
    }
    ByteBuffer head = file.slice(0, SNIFFED_BYTES);
    // First, since the length before the brace may begin with any byte.
    if (head.get(Long.BYTES) == '{') {
      return SAFETENSORS;
    }
    if (head.getInt(0) == ZIP_SIGNATURE) {
      return TorchZipFile.open(file).isTorchScript() ? TORCHSCRIPT : TORCH_ZIP;
    }
    if ((head.get(0) & 0xff) == PICKLE_PROTO) {
      return TORCH_LEGACY;
    }
    byte[] start = new byte[SNIFFED_BYTES];
    head.get(start);
    throw file.source()
        .fault(
            String.format(
                "begins with \"%s\", bytes %s (expected: a file by torch.save or safetensors)",
                Source.excerpt(new String(start, StandardCharsets.ISO_8859_1)),
                HexFormat.of().formatHex(start)));
  }
}
