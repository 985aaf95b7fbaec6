package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.get;
import static dev.sconce.model.ModelsFixture.registration;
import static dev.sconce.model.ModelsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sconce.error.ErrorCode;
import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers in a jar of the model's own archive. */
class HandlerJarTest {
  private static final Optional<String> DEFAULT = Optional.empty();
  private static final int REGISTRATIONS = 200;

  private static final String UPPER =
      """
      package com.example;

      import dev.sconce.handler.*;
      import java.util.List;

      public class Upper implements Handler<String, String> {
        private String server = "hidden";

        public void initialize(HandlerContext context) {
          try {
            Class.forName("dev.sconce.model.Models");
            server = "seen";
          } catch (ClassNotFoundException e) {
            server = "hidden";
          }
        }

        public String preprocess(Input input) {
          return input.require("body").text();
        }

        public List<String> inference(List<String> batch) {
          return batch.stream().map(String::toUpperCase).toList();
        }

        public Output postprocess(Input input, String text) {
          return Output.bytes("text/plain", (text + " " + server).getBytes());
        }
      }
      """;

  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws IOException {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void aClassInTheJarServesAndSeesTheSpiButNotTheServer() throws Exception {
    try (ModelsFixture fixture = serving(UPPER)) {
      fixture.register(registration("m-1.0", 1));

      assertThat(fixture.models.catalog().describe("m", DEFAULT).handler().name())
          .isEqualTo("com.example.Upper");
      assertThat(text(fixture.send("m", DEFAULT, "abc"))).isEqualTo("ABC hidden");
    }
  }

  @Test
  void aClassInTheJarThatIsNoHandlerIsRefused() throws Exception {
    try (ModelsFixture fixture = serving("package com.example; public class Upper {}")) {
      assertRefused(fixture, "com.example.Upper: not a handler (expected:");
    }
  }

  /** The class with something else in it: a member, or a changed header. */
  private static Stream<Arguments> handlersThatCannotServe() {
    return Stream.of(
        arguments(
            UPPER.replace("private String server", "private Upper() {}\n  private String server"),
            "com.example.Upper: cannot be made (expected: a public class with a public constructor"),
        arguments(
            UPPER.replace("public class", "class"),
            "com.example.Upper: cannot be made (expected: a public class with a public constructor"),
        arguments(
            UPPER.replace("public class", "public abstract class"),
            "com.example.Upper: not a handler (expected:"),
        arguments(
            UPPER.replace("\"hidden\";\n\n", "Integer.parseInt(\"x\") + \"\";\n\n"),
            "com.example.Upper: its constructor failed: java.lang.NumberFormatException: For"),
        arguments(
            UPPER.replace(
                "private String", "static int x = Integer.parseInt(\"x\"); private String"),
            "com.example.Upper: the class cannot be loaded: java.lang.ExceptionInInitializerError"),
        arguments(
            UPPER.replace(
                "try {", "if (true) throw new IllegalStateException(\"no luck\");\ntry {"),
            "com.example.Upper: initialize failed: java.lang.IllegalStateException: no luck"),
        arguments(
            UPPER
                .replace("try {", "if (true) throw new IllegalStateException(\"no luck\");\ntry {")
                .replace(
                    "public String preprocess",
                    "public void close() { throw new RuntimeException(); }\n  public String preprocess"),
            "com.example.Upper: initialize failed: java.lang.IllegalStateException: no luck"),
        arguments(
            UPPER.replace(
                "public String preprocess",
                "public boolean explains() { throw new IllegalStateException(\"no luck\"); }\n"
                    + "  public String preprocess"),
            "com.example.Upper: explains failed: java.lang.IllegalStateException: no luck"));
  }

  @ParameterizedTest
  @MethodSource("handlersThatCannotServe")
  void aHandlerThatCannotServeIsRefusedWithTheReason(String source, String reason)
      throws Exception {
    try (ModelsFixture fixture = serving(source)) {
      assertRefused(fixture, reason);
    }
  }

  @Test
  void aClassThatIsNotInTheJarIsToldWithTheHandlersThatAre() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "com.example.Lower", "");
      addJar(store.resolve("m-1.0/upper.jar"), UPPER);
      assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
          .cause()
          .hasMessageContaining("handler com.example.Lower, which cannot be run here; ")
          .hasMessageContaining("; in jars: com.example.Upper (expected:");
    }
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("n", "1.0", "", "handler: com.example.Lower\n");
      addJar(store.resolve("n-1.0/upper.jar"), UPPER);
      assertThatThrownBy(() -> fixture.register(registration("n-1.0", 1)))
          .cause()
          .hasMessageStartingWith("handler: com.example.Lower (expected: one of")
          .hasMessageEndingWith("or a class in a jar of n-1.0; found: com.example.Upper)");
    }
  }

  /** A package of the JDK's, as good as a signature that does not fit. */
  @Test
  void aClassThatTheJvmForbidsIsToldAndHidesNoOther() throws Exception {
    for (String name : new String[] {"java.own.Upper", "com.example.Lower"}) {
      try (ModelsFixture fixture = new ModelsFixture(store)) {
        fixture.addModel("m", "1.0", "", "handler: " + name + "\n");
        addJar(store.resolve("m-1.0/upper.jar"), UPPER);
        try (JarOutputStream out =
            new JarOutputStream(Files.newOutputStream(store.resolve("m-1.0/forbidden.jar")))) {
          out.putNextEntry(new JarEntry("java/own/Upper.class"));
        }
        assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
            .cause()
            .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
            .hasMessageMatching(
                "java.own.Upper: the class cannot be loaded: .*Prohibited package name: java.own"
                    + "|handler: com.example.Lower .*; found: com.example.Upper\\)");
      }
    }
  }

  @Test
  void aBrokenJarIsNamed() throws Exception {
    try (ModelsFixture fixture = serving(UPPER)) {
      Files.writeString(store.resolve("m-1.0/broken.jar"), "PK no jar");
      assertRefused(fixture, "broken.jar: ");
    }
  }

  private static void assertRefused(ModelsFixture fixture, String reason) {
    assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
        .hasMessageStartingWith(reason);
  }

  @Test
  void noClassOutsideTheArchivesJarsCanBeNamed() throws Exception {
    for (String name : new String[] {"java.lang.String", "dev.sconce.model.ModelsFixture$Echo"}) {
      try (ModelsFixture fixture = new ModelsFixture(store)) {
        fixture.addModel("m", "1.0", "", "handler: " + name + "\n");
        addJar(store.resolve("m-1.0/upper.jar"), UPPER);
        assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
            .cause()
            .hasMessageStartingWith("handler: " + name + " (expected: one of");
      }
    }
  }

  @Test
  void noClassOfAnUnregisteredModelStays() throws Exception {
    try (ModelsFixture fixture = serving(UPPER)) {
      assertUnloads(
          2, // and its hidden lambda
          () -> {
            fixture.register(registration("m-1.0", 1));
            assertThat(text(fixture.send("m", DEFAULT, "abc"))).isEqualTo("ABC hidden");
            get(fixture.models.lifecycle().unregister("m", DEFAULT));
          });
    }
  }

  @Test
  void noClassOfAHandlerThatCouldNotBeInitializedStays() throws Exception {
    String throwing = UPPER.replace("try {", "if (true) throw new Error();\n    try {");
    try (ModelsFixture fixture = serving(throwing)) {
      assertUnloads(
          1,
          () ->
              assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
                  .isInstanceOf(ExecutionException.class));
    }
  }

  /** Something that is done many times. */
  private interface Turn {
    void run() throws Exception;
  }

  private static void assertUnloads(int classesEachTime, Turn turn) throws Exception {
    repeat(20, turn); // whatever the server itself loads, it has now
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    System.gc();
    long unloaded = classes.getUnloadedClassCount();

    repeat(REGISTRATIONS, turn);

    // The last ones may still be on a thread's stack.
    long expected = (long) classesEachTime * (REGISTRATIONS - 5);
    for (int i = 0; i < 50 && classes.getUnloadedClassCount() - unloaded < expected; i++) {
      System.gc();
    }
    assertThat(classes.getUnloadedClassCount() - unloaded).isGreaterThanOrEqualTo(expected);
  }

  private static void repeat(int times, Turn turn) throws Exception {
    for (int i = 0; i < times; i++) {
      turn.run();
    }
  }

  /** With a model whose jar has the class {@code com.example.Upper}. */
  private ModelsFixture serving(String source) throws IOException {
    ModelsFixture fixture = new ModelsFixture(store);
    fixture.addModel("m", "1.0", "com.example.Upper", "");
    addJar(store.resolve("m-1.0/upper.jar"), source);
    return fixture;
  }

  private void addJar(Path jar, String source) throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Path file = classes.resolve("Upper.java");
    Files.writeString(file, source);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertThat(result).isZero();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes.resolve("com"))) {
      for (Path compiled : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(compiled).toString().replace('\\', '/')));
        Files.copy(compiled, out);
        out.closeEntry();
      }
    }
  }
}
