package dev.sconce.archive;

/**
 * How much one archive may unpack to. What counts is what really comes out, never what the
 * archive's own headers say.
 *
 * @param maxEntries files and directories together
 * @param maxFileBytes the largest single file
 * @param maxTotalBytes all files together
 * @param maxCompressionRatio how many bytes may come out for each byte of the archive file, once
 *     more than {@code freeBytes} have come out
 * @param freeBytes what may come out before the ratio counts: small archives of plain text or of
 *     zeros compress far better than weights do
 */
public record ExtractionLimits(
    int maxEntries,
    long maxFileBytes,
    long maxTotalBytes,
    int maxCompressionRatio,
    long freeBytes) {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** 20,000 entries, 64 GiB a file, 128 GiB in all, 200 to 1 after the first 256 MiB. */
  public static final ExtractionLimits DEFAULT =
      new ExtractionLimits(20_000, 64 * GIB, 128 * GIB, 200, 256 * MIB);

  /** Checks that every limit lets something through. */
  public ExtractionLimits {
    atLeastOne("maxEntries", maxEntries);
    atLeastOne("maxFileBytes", maxFileBytes);
    atLeastOne("maxTotalBytes", maxTotalBytes);
    atLeastOne("maxCompressionRatio", maxCompressionRatio);
    if (freeBytes < 0) {
      throw new IllegalArgumentException("freeBytes: " + freeBytes + " (expected: >= 0)");
    }
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
