package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import dev.sconce.weights.PickleValue.Bytes;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Global;
import dev.sconce.weights.PickleValue.Instance;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Tuple;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pickles are written as CPython's {@code pickletools.dis} shows them, one character a byte. */
class UnpicklerTest {
  /** Opcodes, the rarer ones with arguments that let them work. */
  private static final List<String> PARTS =
      List.of(
          "N",
          "K\u0000",
          "K\u0002",
          "J\u00ff\u00ff\u00ff\u00ff",
          ")",
          "]",
          "}",
          "(",
          "0",
          "1",
          "t",
          "\u0085",
          "\u0086",
          "\u0087",
          "a",
          "e",
          "s",
          "u",
          "q\u0000",
          "h\u0000",
          "q\u0001",
          "h\u0001",
          "\u0094",
          "R",
          "b",
          "\u0081",
          "Q",
          "\u0090",
          "\u0091",
          "\u008f",
          "U\u0001a",
          "U\u0007storage",
          "ctorch\nFloatStorage\n",
          "ccollections\nOrderedDict\n",
          "ctorch._utils\n_rebuild_tensor_v2\n",
          "ctorch._utils\n_rebuild_parameter\n",
          "ctorch._tensor\n_rebuild_from_type_v2\n",
          "ctorch\nSize\n",
          "cargparse\nNamespace\n",
          "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0004tQ");

  @Test
  void scalarsKeepTheirValues() {
    Object value =
        read(
            "(N\u0088\u0089K\u00ffM\u0000\u0001J\u00ff\u00ff\u00ff\u00ffG?\u00f8"
                + "\u0000\u0000\u0000\u0000\u0000\u0000U\u0001aX\u0002\u0000\u0000\u0000\u00c3\u00a9t.");

    assertThat(items(value))
        .containsExactly(None.NONE, true, false, 255L, 256L, -1L, 1.5, "a", "é");
  }

  @ParameterizedTest
  @CsvSource({
    "00, 0",
    "01ff, -1",
    "02ff00, 255",
    "020080, -32768",
    "08ffffffffffffff7f, 9223372036854775807",
    "080000000000000080, -9223372036854775808",
    "09000000000000008000, 9223372036854775808",
    "09ffffffffffffff7fff, -9223372036854775809"
  })
  void longIntegersAreLittleEndianInTwosComplement(String lengthAndBytes, String value) {
    StringBuilder pickle = new StringBuilder("\u008a");
    for (int i = 0; i < lengthAndBytes.length(); i += 2) {
      pickle.append((char) Integer.parseInt(lengthAndBytes.substring(i, i + 2), 16));
    }
    BigInteger expected = new BigInteger(value);

    assertThat(read(pickle + "."))
        .isEqualTo(expected.bitLength() < 64 ? (Object) expected.longValue() : expected);
  }

  @Test
  void bytesAreAViewOfThePickle() {
    assertThat(((Bytes) read("C\u0002ab.")).content())
        .isEqualTo(ByteBuffer.wrap(new byte[] {97, 98}));
  }

  @Test
  void aTupleThatHoldsItselfIsRead() {
    // t = ([],); t[0].append(t), as CPython writes it: the second tuple is dropped for the first.
    Tuple tuple = (Tuple) read("]q\u0000h\u0000\u0085q\u0001a0h\u0001.");

    assertThat(((Items) tuple.items().get(0)).items().get(0)).isSameAs(tuple);
  }

  @Test
  void theLastOfTwoEqualKeysCountsAndKeysThatAreNoTextAreDropped() {
    Dict dict = (Dict) read("}(U\u0001aK\u0001U\u0001bK\u0002U\u0001aK\u0003K\u0007K\u0008u.");

    assertThat(dict.entries()).containsExactly(Map.entry("a", 3L), Map.entry("b", 2L));
  }

  @Test
  void anotherListOfGlobalsReadsAnotherKindOfFile() {
    Globals globals =
        new Globals() {
          @Override
          public Optional<PickleValue> find(String name) {
            return Optional.of(new Global(name, (pickle, arguments) -> new Instance(name)));
          }

          @Override
          public String allowed() {
            return "anything";
          }
        };
    byte[] pickle = latin1("\u0080\u0002cfastai.learner\nLearner\n)\u0081}U\u0001aK\u0001sb.");

    assertThat(Unpickler.read(input(pickle), globals).value())
        .isEqualTo(new Instance("fastai.learner.Learner"));
  }

  @Test
  void severalPicklesInARowAreReadOneAfterAnother() {
    ByteInput input = input(latin1("\u0080\u0002K\u0001.\u0080\u0002K\u0002."));

    assertThat(Unpickler.read(input, new StateDictGlobals()).value()).isEqualTo(1L);
    assertThat(Unpickler.read(input, new StateDictGlobals()).value()).isEqualTo(2L);
  }

  @Test
  void theMemoOfOnePickleIsUnknownToTheNext() {
    ByteInput input = input(latin1("K\u0001q\u0000.h\u0000."));
    assertThat(Unpickler.read(input, new StateDictGlobals()).value()).isEqualTo(1L);

    assertThatThrownBy(() -> Unpickler.read(input, new StateDictGlobals()))
        .hasMessage(
            "w.pth: pickle opcode BINGET at byte 5: no value 0 (expected: one stored before)");
  }

  @Test
  void fourMillionStepsAreEnough() {
    byte[] pickle = new byte[Limits.PICKLE_WORK + 1];
    Arrays.fill(pickle, (byte) ')');

    assertThatThrownBy(() -> Unpickler.read(input(pickle), new StateDictGlobals()))
        .hasMessage("w.pth: the pickle takes too many steps (expected: <= 4194304)");
  }

  /** Of six elements: offset, then sizes and strides of two dimensions. */
  @ParameterizedTest
  @CsvSource({"0,2,3,3,1,true", "1,2,3,3,1,false", "5,1,1,9,9,true", "6,1,1,1,1,false"})
  void aTensorLiesInItsStorageToTheLastElement(
      int offset, int rows, int columns, int down, int across, boolean fits) {
    String storage = "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0006tQ";
    String view = "%sK%c(K%cK%ct(K%cK%ct".formatted(storage, offset, rows, columns, down, across);
    String pickle = "ctorch._utils\n_rebuild_tensor\n(" + view + "tR.";

    if (fits) {
      assertThat(read(pickle)).isInstanceOf(TensorRef.class);
    } else {
      assertThatThrownBy(() -> read(pickle)).hasMessageContaining("lies outside its storage");
    }
  }

  @Test
  void aScalarLiesInItsStorageToo() {
    String rebuild = "ctorch._utils\n_rebuild_tensor\n";
    String storage = "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0006tQ";

    assertThat(read(rebuild + "(" + storage + "K\u0005))tR.")).isInstanceOf(TensorRef.class);
    assertThatThrownBy(() -> read(rebuild + "(" + storage + "K\u0006))tR."))
        .hasMessageContaining("lies outside its storage");
  }

  @Test
  void dimensionsOfTensorsCountAsStepsSinceEachTakesMemory() {
    String sizes = "(" + "K\u0001".repeat(Limits.RANK) + "t";
    String storage = "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0001tQ";
    String tensor =
        "ctorch._utils\n_rebuild_tensor\nq\u0000("
            + storage
            + "K\u0000"
            + sizes
            + sizes
            + "tq\u0001R";
    byte[] pickle = latin1(tensor + "h\u0000h\u0001R".repeat(100_000) + ".");

    assertThatThrownBy(() -> Unpickler.read(input(pickle), new StateDictGlobals()))
        .hasMessageStartingWith("w.pth: the pickle takes too many steps");
  }

  /** Sequences that no mutation of an honest pickle comes to; the seed makes them the same. */
  @Test
  void anySequenceOfOpcodesIsReadOrRefusedAndNothingElse() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] pickle = sequence(random);
      assertThatCode(
              () -> {
                for (Globals globals :
                    List.of(
                        new StateDictGlobals(), new VocabularyGlobals(), new LearnerGlobals())) {
                  try {
                    Unpickler.Result unused = Unpickler.read(input(pickle), globals);
                  } catch (ServingException e) {
                    assertThat(e.getMessage()).startsWith("w.pth: ");
                  }
                }
              })
          .as("%s", new String(pickle, StandardCharsets.ISO_8859_1))
          .doesNotThrowAnyException();
    }
  }

  private static byte[] sequence(Random random) {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      pickle.writeBytes(latin1(PARTS.get(random.nextInt(PARTS.size()))));
    }
    pickle.write('.');
    return pickle.toByteArray();
  }

  private static Object read(String pickle) {
    return Unpickler.read(input(latin1("\u0080\u0002" + pickle)), new StateDictGlobals()).value();
  }

  private static List<Object> items(Object tuple) {
    return ((Tuple) tuple).items();
  }

  private static ByteInput input(byte[] bytes) {
    return new ByteInput(new Source("w.pth"), "pickle", ByteBuffer.wrap(bytes));
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
