package dev.sconce.weights;

/**
 * What a file may ask for. Real files stay far below; a hostile one is stopped before it costs
 * memory or time.
 */
final class Limits {
  /** Tensors of a state dict, and entries of a zip file; large training checkpoints hold 10^4. */
  static final int TENSORS = 1 << 16;

  /** Dimensions of a tensor; PyTorch's own limit for most operators. */
  static final int RANK = 64;

  /** Elements of a Java array, as the JDK's collections bound it. */
  static final int ARRAY = Integer.MAX_VALUE - 8;

  /** Bytes of a pickle, or of several in a row; those of a state dict have some 100 a tensor. */
  static final int PICKLE_BYTES = 64 << 20;

  /**
   * Opcodes of a pickle, and elements copied on their behalf; a state dict has some 30 a tensor.
   */
  static final int PICKLE_WORK = 1 << 22;

  /** The same for a vocabulary: some 12 a word in the oldest form, of two million words. */
  static final int VOCABULARY_WORK = 1 << 25;

  /** Bytes of one integer in a pickle. */
  static final int INTEGER_BYTES = 256;

  /** Characters of a global's name or of a storage's key. */
  static final int NAME_LENGTH = 512;

  /** Transforms that a learner does one after the other; real ones have five. */
  static final int TRANSFORMS = 100;

  /** Names of classes, those of ImageNet-21k included. */
  static final int CLASS_NAMES = 1 << 15;

  /** Bytes of a zip file's directory. */
  static final int DIRECTORY_BYTES = 64 << 20;

  /**
   * Bytes of a safetensors header. {@code safetensors/src/tensor.rs} takes up to 100 MB, whose
   * names would fill gigabytes of heap; {@link #TENSORS} tensors need less than 200 bytes each.
   */
  static final int HEADER_BYTES = 16 << 20;

  /** Keys that one list of a message names. */
  static final int LISTED_KEYS = 1000;

  private static final long EXPANSION_FLOOR = 64L << 20;
  private static final long EXPANSION_FACTOR = 8;

  private Limits() {}

  /**
   * Bytes that the contents of a file may come to once compression is undone, or once storages that
   * tensors share are counted for each of them.
   */
  static long expandedBytes(long fileBytes) {
    return EXPANSION_FLOOR + EXPANSION_FACTOR * fileBytes;
  }
}
