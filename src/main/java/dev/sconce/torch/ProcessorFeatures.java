package dev.sconce.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the processor can do, by the names the kernel has for it.
 *
 * @param architecture {@code amd64}, {@code aarch64}
 * @param flags of the first core; empty where the system does not tell (it is Linux that has
 *     /proc/cpuinfo)
 */
public record ProcessorFeatures(String architecture, Set<String> flags) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Copies the set. */
  public ProcessorFeatures {
    flags = Set.copyOf(flags);
  }

  /** Those of the machine this runs on. */
  public static ProcessorFeatures ofThisMachine() {
    String architecture = System.getProperty("os.arch", "");
    try {
      return new ProcessorFeatures(architecture, flags(Files.readAllLines(CPU_INFO)));
    } catch (IOException e) {
      return new ProcessorFeatures(architecture, Set.of());
    }
  }

  private static Set<String> flags(List<String> cpuInfo) {
    return cpuInfo.stream()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
        .<Set<String>>map(HashSet::new)
        .orElse(Set.of());
  }

  /**
   * What is missing for arithmetic in bfloat16 that is faster than in float32; oneDNN imitates it
   * on other processors, at a loss.
   *
   * @return empty if nothing is missing
   */
  public Optional<String> missingForBf16() {
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" ->
          flags.contains("amx_bf16") || flags.contains("avx512_bf16")
              ? Optional.empty()
              : Optional.of("amx_bf16 or avx512_bf16");
      case "aarch64" -> flags.contains("bf16") ? Optional.empty() : Optional.of("bf16");
      default -> Optional.of("bfloat16 instructions that are known here");
    };
  }
}
