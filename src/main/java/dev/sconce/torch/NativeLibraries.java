package dev.sconce.torch;

import ai.djl.util.Utils;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks the libtorch that lies in a jar on the class path, once, and shows how far it has come.
 *
 * <p>DJL would unpack it too, but silently, for half a minute on a slow disk, and it refuses a CUDA
 * libtorch on a machine without a GPU and tries to download another one. Unpacked here and named by
 * {@code PYTORCH_LIBRARY_PATH}, the library that was built in is the one that runs, with no
 * network. The directory is the one DJL itself would use ({@code ~/.djl.ai/pytorch/…}).
 */
final class NativeLibraries {
  private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);
  private static final String DESCRIPTION = "native/lib/pytorch.properties";

  /** The only one with a dependency on {@code libcuda.so.1}; it compiles kernels for GPUs. */
  private static final String NEEDS_DRIVER = "libcaffe2_nvrtc.so";

  private static final int PROGRESS_STEP_PERCENT = 10;

  private final String version;
  private final String flavor;
  private final String platform;
  private final List<String> files;

  private NativeLibraries(Properties description) {
    version = description.getProperty("version", "");
    flavor = description.getProperty("flavor", "cpu");
    platform = description.getProperty("classifier", "");
    files = Arrays.asList(description.getProperty("libraries", "").split(","));
  }

  /** The libtorch on the class path, or null if there is none. */
  static @Nullable NativeLibraries onClassPath() throws IOException {
    try (InputStream in = loader().getResourceAsStream(DESCRIPTION)) {
      if (in == null) {
        return null;
      }
      Properties description = new Properties();
      description.load(in);
      return new NativeLibraries(description);
    }
  }

  /** {@code cpu}, {@code cu124}: what this libtorch was built for. */
  String flavor() {
    return flavor;
  }

  /** libtorch's version, without the build date. */
  String version() {
    return version.replaceFirst("-.*", "");
  }

  /** The directory with the unpacked libraries; unpacks them if need be. */
  Path unpack() throws IOException {
    Path cache = Utils.getEngineCacheDir("pytorch");
    Path directory = cache.resolve(version + "-" + flavor + "-" + platform);
    if (Files.exists(directory.resolve(System.mapLibraryName("torch")))) {
      return directory;
    }
    Files.createDirectories(cache);
    Path unfinished = Files.createTempDirectory(cache, "unpacking");
    try {
      copyTo(unfinished, directory);
      moveIntoPlace(unfinished, directory);
    } finally {
      deleteTree(unfinished);
    }
    return directory;
  }

  /**
   * The directory to load the libraries from where there is no NVIDIA driver. For a CUDA libtorch
   * that is a second one, with links to all of them but the one that needs the driver: DJL loads
   * every library that lies beside the others, and that one would fail the start although the CPU
   * never calls it.
   */
  Path unpackForNoDriver() throws IOException {
    return withoutDriver(unpack(), files);
  }

  /** {@code complete} itself, or beside it the directory of links. */
  static Path withoutDriver(Path complete, List<String> files) throws IOException {
    if (!files.contains(NEEDS_DRIVER)) {
      return complete;
    }
    String name = String.valueOf(complete.getFileName());
    Path reduced = complete.resolveSibling(name + "-without-driver");
    if (Files.exists(reduced)) {
      return reduced;
    }
    Path unfinished = Files.createTempDirectory(complete.getParent(), "linking");
    try {
      for (String file : files) {
        if (!file.equals(NEEDS_DRIVER)) {
          Files.createSymbolicLink(unfinished.resolve(file), Path.of("..", name, file));
        }
      }
      moveIntoPlace(unfinished, reduced);
    } finally {
      deleteTree(unfinished);
    }
    return reduced;
  }

  private void copyTo(Path unfinished, Path directory) throws IOException {
    List<URL> sources = new ArrayList<>();
    long total = 0;
    for (String file : files) {
      URL source = loader().getResource("pytorch/" + flavor + "/" + platform + "/" + file);
      if (source == null) {
        throw new IOException("the jar with libtorch " + version + " lacks " + file);
      }
      sources.add(source);
      total += source.openConnection().getContentLengthLong();
    }
    log.info("Unpacking libtorch {} ({} MB) to {}, once", version(), total >> 20, directory);
    Progress progress = new Progress(total);
    for (int i = 0; i < files.size(); i++) {
      try (InputStream in = progress.counting(sources.get(i).openStream())) {
        Files.copy(in, unfinished.resolve(files.get(i)));
      }
    }
  }

  /**
   * Two servers may start at once: whoever comes second finds the directory there and is content.
   */
  private static void moveIntoPlace(Path unfinished, Path directory) throws IOException {
    try {
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(directory.resolve(System.mapLibraryName("torch")))) {
        throw e;
      }
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static ClassLoader loader() {
    return NativeLibraries.class.getClassLoader();
  }

  /** Says every tenth part how much is done. */
  private static final class Progress {
    private final long total;
    private long done;
    private int shown;

    Progress(long total) {
      this.total = Math.max(1, total);
    }

    InputStream counting(InputStream in) {
      return new FilterInputStream(in) {
        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
          int count = super.read(buffer, offset, length);
          advance(count);
          return count;
        }
      };
    }

    private void advance(int count) {
      done += Math.max(0, count);
      int percent = (int) (100 * done / total);
      if (percent >= shown + PROGRESS_STEP_PERCENT) {
        shown = percent - percent % PROGRESS_STEP_PERCENT;
        log.info("Unpacking libtorch: {} %", shown);
      }
    }
  }
}
