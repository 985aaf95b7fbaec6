package dev.sconce.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.json.PythonJson;
import dev.sconce.json.RequestJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** JSON as it is answered and as it comes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BenchmarkJson {
  private static final int SIDE = 224;

  private final float[][] map = map();
  private final Map<String, Float> classes = classes();
  private final String text = new String(PythonJson.oneLine(map), StandardCharsets.US_ASCII);

  private static float[][] map() {
    Random random = new Random(1);
    float[][] map = new float[SIDE][SIDE];
    for (float[] row : map) {
      for (int x = 0; x < SIDE; x++) {
        row[x] = random.nextFloat();
      }
    }
    return map;
  }

  private static Map<String, Float> classes() {
    Random random = new Random(2);
    Map<String, Float> classes = new LinkedHashMap<>();
    for (String name : new String[] {"tabby", "tiger_cat", "Egyptian_cat", "lynx", "plastic_bag"}) {
      classes.put(name, random.nextFloat());
    }
    return classes;
  }

  /** A classifier's answer: 5 numbers with their names. */
  @Benchmark
  public byte[] writeClasses() {
    return PythonJson.bytes(classes);
  }

  /** A heat-map: 224 rows of 224 numbers. */
  @Benchmark
  public byte[] writeMap() {
    return PythonJson.bytes(map);
  }

  /** The same as a request brings it. */
  @Benchmark
  public JsonNode readMap() {
    return RequestJson.read(text);
  }
}
