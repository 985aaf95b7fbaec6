package dev.sconce.snapshot;

import dev.sconce.model.RegisteredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a snapshot once the server has started, after every change of what is in service, and when
 * the server stops.
 *
 * <p>Safe from any thread. Files are written by one thread of its own, except for the last.
 */
public final class SnapshotKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotKeeper.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS");
  private static final int WRITING_ENDS_SECONDS = 5;

  private final SnapshotFiles files;
  private final Map<String, String> properties;
  private final Supplier<List<RegisteredModel>> models;
  private final Clock clock;
  private final ExecutorService writer;
  private final AtomicBoolean toBeWritten = new AtomicBoolean();
  private volatile boolean started;
  private volatile boolean failed;

  /** When the last one was written, to keep names in order; belongs to this object's lock. */
  private Instant last = Instant.EPOCH;

  /**
   * A keeper that has written nothing yet.
   *
   * @param properties what every snapshot holds besides its models
   * @param models what is in service now
   * @param clock gives the names their times, in its own time zone
   */
  public SnapshotKeeper(
      Path directory,
      Map<String, String> properties,
      Supplier<List<RegisteredModel>> models,
      Clock clock) {
    this.files = new SnapshotFiles(directory);
    this.properties = Map.copyOf(properties);
    this.models = models;
    this.clock = clock;
    this.writer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "snapshot-writer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The models of the start are in service, or have failed. */
  public void started() {
    started = true;
    later("startup");
  }

  /** Something has changed; changes that come together make one snapshot. */
  public void changed() {
    if (started && toBeWritten.compareAndSet(false, true)) {
      later("snapshot");
    }
  }

  private void later(String kind) {
    try {
      writer.execute(() -> write(kind));
    } catch (RejectedExecutionException e) {
      log.debug("no snapshot of a change while the server stops");
    }
  }

  private synchronized void write(String kind) {
    toBeWritten.set(false);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    last = now.isAfter(last) ? now : last.plusMillis(1);
    String name = TIME.format(last.atZone(clock.getZone())) + "-" + kind + ".cfg";
    Map<String, String> content = new TreeMap<>(properties);
    content.put(Snapshot.KEY, new Snapshot(name, models.get()).json(last));
    try {
      files.write(name, content);
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        log.warn("no snapshot can be written (--ncs switches them off)", e);
      }
      failed = true;
    }
  }

  /**
   * Writes the last snapshot, unless the server never came to serve what it was to: that one would
   * have the next start serve less.
   */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(WRITING_ENDS_SECONDS, TimeUnit.SECONDS)) {
        log.warn("a snapshot is still being written");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (started) {
      write("shutdown");
    }
  }
}
