package dev.sconce;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the picture of the rooms against the code: which package may look into which. */
class RoomsTest {
  private static final String ROOT = "dev.sconce";
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /**
   * Every room, with the only rooms it may see. The root package (ModelServer) may see them all.
   */
  private static final Map<String, Set<String>> MAY_SEE =
      Map.ofEntries(
          Map.entry("error", Set.of()),
          Map.entry("json", Set.of()),
          Map.entry("npy", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("logs", Set.of("error")),
          Map.entry("image", Set.of("error")),
          Map.entry("weights", Set.of("error")),
          Map.entry("network", Set.of("weights", "error")),
          Map.entry("torch", Set.of("error")),
          Map.entry("archive", Set.of("error")),
          Map.entry("download", Set.of("error")),
          Map.entry("handler", Set.of("json", "error")),
          Map.entry(
              "vision",
              Set.of("handler", "image", "torch", "network", "weights", "npy", "json", "error")),
          Map.entry("tensor", Set.of("handler", "torch", "weights", "npy", "json", "error")),
          Map.entry("text", Set.of("handler", "torch", "weights", "json", "error")),
          Map.entry("envelope", Set.of("handler", "json", "error")),
          Map.entry("worker", Set.of("handler", "metrics", "error")),
          Map.entry(
              "model",
              Set.of("archive", "download", "handler", "envelope", "worker", "metrics", "error")),
          Map.entry("snapshot", Set.of("model", "json", "error")),
          Map.entry("http", Set.of("metrics", "error")),
          Map.entry("auth", Set.of("http", "json", "error")),
          Map.entry("api", Set.of("http", "model", "handler", "metrics", "json", "error")),
          Map.entry("sagemaker", Set.of("http", "api", "model", "handler", "json", "error")),
          Map.entry(
              "config",
              Set.of(
                  "http",
                  "auth",
                  "archive",
                  "download",
                  "worker",
                  "model",
                  "snapshot",
                  "sagemaker",
                  "envelope",
                  "tensor",
                  "torch",
                  "metrics",
                  "logs",
                  "json",
                  "error")),
          Map.entry("cli", Set.of("", "config", "archive", "logs", "error")));

  /** A library lives where its rules (reference counts, native memory, formats) are known. */
  private static final Map<String, Set<String>> HOME_OF_LIBRARY =
      Map.of(
          "io.netty..", Set.of("http"),
          "ai.djl..", Set.of("torch", "vision", "tensor", "text"),
          "com.fasterxml.jackson..",
              Set.of(
                  "json",
                  "api",
                  "archive",
                  "auth",
                  "config",
                  "vision",
                  "tensor",
                  "text",
                  "handler",
                  "envelope",
                  "sagemaker",
                  "snapshot",
                  "weights"),
          "javax.imageio..", Set.of("image"),
          "org.apache.commons.compress..", Set.of("archive"),
          "org.yaml.snakeyaml..", Set.of("archive"),
          "io.prometheus..", Set.of("metrics"),
          "ch.qos.logback..", Set.of("logs"),
          "picocli..", Set.of("cli"));

  @TestFactory
  Stream<DynamicTest> eachRoomSeesOnlyTheRoomsListedForIt() {
    return MAY_SEE.entrySet().stream()
        .map(room -> dynamicTest(room.getKey(), () -> checkRoom(room.getKey(), room.getValue())));
  }

  private static void checkRoom(String room, Set<String> maySee) {
    DescribedPredicate<JavaClass> allowed =
        DescribedPredicate.describe(
            "outside the project, or in " + room + " or " + maySee,
            c ->
                !c.getPackageName().startsWith(ROOT)
                    || roomOf(c).equals(room)
                    || maySee.contains(roomOf(c)));
    classes()
        .that()
        .resideInAPackage(ROOT + "." + room + "..")
        .should()
        .onlyDependOnClassesThat(allowed)
        .allowEmptyShould(true)
        .check(CODE);
  }

  @Test
  void everyPackageIsARoomOnTheListAndHasNoSubPackage() {
    String[] rooms = MAY_SEE.keySet().stream().map(r -> ROOT + "." + r).toArray(String[]::new);
    classes().that().resideOutsideOfPackage(ROOT).should().resideInAnyPackage(rooms).check(CODE);
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void everyRoomIsNullMarked() {
    List<String> unmarked =
        CODE.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(p -> !p.isAnnotatedWith(NullMarked.class))
            .map(p -> p.getName())
            .toList();
    assertThat(unmarked).isEmpty();
  }

  @Test
  void noStaticFieldIsMutable() {
    DescribedPredicate<JavaField> written =
        DescribedPredicate.describe(
            "written in source", f -> !f.getModifiers().contains(JavaModifier.SYNTHETIC));
    fields().that().areStatic().and(written).should().beFinal().check(CODE);
  }

  @TestFactory
  Stream<DynamicTest> foreignTypesStayInTheirRooms() {
    return HOME_OF_LIBRARY.entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> checkLibrary(e.getKey(), e.getValue())));
  }

  private static void checkLibrary(String library, Set<String> rooms) {
    String[] homes = rooms.stream().map(r -> ROOT + "." + r + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CODE);
  }

  private static String roomOf(JavaClass c) {
    String rest = c.getPackageName().substring(ROOT.length());
    return rest.isEmpty() ? "" : rest.substring(1).split("\\.")[0];
  }
}
