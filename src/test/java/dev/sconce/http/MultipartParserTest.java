package dev.sconce.http;

import static dev.sconce.http.MultipartBodies.GOOD;
import static dev.sconce.http.MultipartBodies.MANY;
import static dev.sconce.http.MultipartBodies.TYPE;
import static dev.sconce.http.MultipartBodies.bytes;
import static dev.sconce.http.MultipartBodies.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpData;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class MultipartParserTest {
  private static Body.Field field(Body.Form form, String name) {
    return form.field(name).orElseThrow();
  }

  /** A body of one part with those header lines and the content {@code 1}. */
  private static String part(String headers) {
    return "--AaB03x\r\n" + headers + "\r\n\r\n1\r\n--AaB03x--\r\n";
  }

  private static String named(String disposition) {
    return part("Content-Disposition: form-data; " + disposition);
  }

  @Test
  void eachPartIsAFieldInTheOrderOfTheBody() {
    Body.Form form = parse(GOOD);
    assertThat(form.fields().keySet()).containsExactly("cam", "left");
    assertThat(field(form, "cam").text()).isEqualTo("True");
    assertThat(field(form, "cam").fileName()).isEmpty();
    assertThat(field(form, "left").text()).isEqualTo("BYTES");
    assertThat(field(form, "left").fileName()).contains("left");
    assertThat(field(form, "left").contentType()).isEmpty();
  }

  @Test
  void fieldsAreViewsOfTheBodyAndNotCopies() {
    byte[] body = bytes(GOOD);
    ByteBuffer content = field(MultipartParser.parse(body, TYPE, MANY), "cam").content();
    body[GOOD.indexOf("True")] = 'F';
    assertThat(content.get(0)).isEqualTo((byte) 'F');
  }

  static List<Arguments> goodBodies() {
    return List.of(
        Arguments.of("text around the parts", "pre\r\namble\r\n" + GOOD + "epilogue"),
        Arguments.of(
            "no line break behind the last boundary", GOOD.substring(0, GOOD.length() - 2)),
        Arguments.of("lines that end in LF alone", GOOD.replace("\r\n", "\n")),
        Arguments.of("blanks behind a boundary", GOOD.replace("03x\r\n", "03x \t\r\n")),
        Arguments.of("names of headers in any case", GOOD.replace("Content-D", "cOnTeNt-d")),
        Arguments.of("names without quotes", GOOD.replace("\"", "")),
        Arguments.of("a header nobody knows", GOOD.replace("Content-D", "X-A: b\r\nContent-D")),
        Arguments.of(
            "an encoding that changes nothing",
            GOOD.replace("Content-D", "Content-Transfer-Encoding: BINARY\r\nContent-D")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodBodies")
  void whatDoesNotMatterIsPassedOver(String what, String body) {
    Body.Form form = parse(body);
    assertThat(form.fields().keySet()).as(what).containsExactly("cam", "left");
    assertThat(field(form, "cam").text()).isEqualTo("True");
    assertThat(field(form, "left").text()).isEqualTo("BYTES");
    assertThat(field(form, "left").fileName()).contains("left");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n",
        "\n",
        "\r",
        "a\r",
        "\r\n\r\n",
        "  blanks  ",
        "a\r\n--AaB03xyz\r\nb",
        "a\n--AaB03x\r\nb",
        "a\n--AaB03x--\nb",
        "a--AaB03x--b",
        "--AaB03",
        "\r\n--AaB03x-",
        "\r\n--AaB03x -",
      })
  void contentMayLookLikeABoundaryAsLongAsItIsNone(String content) {
    assertThat(field(parse(GOOD.replace("BYTES", content)), "left").text()).isEqualTo(content);
  }

  @Test
  void aPartMayBeEmptyWithItsBlankLineTakenForTheBoundarysOwn() {
    Body.Form form = parse(GOOD.replace("\r\n\r\nTrue\r\n", "\r\n\r\n"));
    assertThat(field(form, "cam").text()).isEmpty();
    assertThat(field(form, "left").text()).isEqualTo("BYTES");
  }

  @Test
  void ofPartsWithOneNameTheLastWins() {
    String body = GOOD.replace("\"left\"; filename=\"left\"", "\"cam\"");
    assertThat(field(parse(body), "cam").text()).isEqualTo("BYTES");
    assertThat(parse(body).fields()).hasSize(1);
  }

  @Test
  void aBodyOfNothingButTheClosingBoundaryIsAFormWithoutFields() {
    assertThat(parse("--AaB03x--\r\n").fields()).isEmpty();
  }

  static List<Arguments> dispositions() {
    return List.of(
        Arguments.of("name=\"a b;c=d:e,f\"", "a b;c=d:e,f", null),
        Arguments.of("name=\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d", null),
        Arguments.of(
            "name=\"na\u00efve \u56fe\"; filename=\"\u56fe.png\"",
            "na\u00efve \u56fe",
            "\u56fe.png"),
        Arguments.of("name=x; filename=my file.png", "x", "my file.png"),
        Arguments.of("name=\"x\"; filename=\"C:\\dir\\file.png\"", "x", "C:\\dir\\file.png"),
        Arguments.of("name=\"x\"; filename=\"\"", "x", ""),
        Arguments.of("name=\"x\"; filename*=UTF-8''%e2%82%ac%20rates", "x", "\u20ac rates"),
        Arguments.of("name=\"x\"; filename*=iso-8859-1'en'%A3%20rates", "x", "\u00a3 rates"),
        Arguments.of("name=\"x\"; filename=\"e\"; filename*=utf-8''%e2%82%ac", "x", "\u20ac"),
        Arguments.of("filename=\"f\"; name=\"x\"", "x", "f"),
        Arguments.of("NAME=\"x\"; FileName=\"f\";", "x", "f"));
  }

  @ParameterizedTest
  @MethodSource("dispositions")
  void namesAndFileNamesArriveAsTheyWereMeant(String disposition, String name, String fileName) {
    Body.Form form = parse(named(disposition));
    assertThat(form.fields()).containsOnlyKeys(name);
    assertThat(field(form, name).fileName()).isEqualTo(Optional.ofNullable(fileName));
  }

  @Test
  void aPartsTypeIsKeptAsItWasSentAndChangesNothingElse() {
    String type = "text/plain; charset=utf-16; name=evil; boundary=zz";
    Body.Form form = parse(GOOD.replace("name=\"cam\"", "name=\"cam\"\r\nContent-Type: " + type));
    assertThat(form.fields().keySet()).containsExactly("cam", "left");
    assertThat(field(form, "cam").contentType()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=\"AaB03x\"",
        "multipart/form-data;boundary=AaB03x;charset=nonsense",
        "Multipart/Form-Data ; charset=utf-8 ; Boundary=AaB03x ;"
      })
  void theBoundaryMayBeWrittenInSeveralWays(String type) {
    assertThat(MultipartParser.parse(bytes(GOOD), type, MANY).fields()).hasSize(2);
  }

  /** Netty's decoder is right about bodies that are; it is the oracle for contents at random. */
  @Test
  void randomFormsAreReadAsNettyReadsThem() throws IOException {
    Random random = new Random(12);
    for (int round = 0; round < 300; round++) {
      byte[] body = randomForm(random);
      Map<String, List<Byte>> ours = new LinkedHashMap<>();
      MultipartParser.parse(body, TYPE, MANY)
          .fields()
          .forEach((name, field) -> ours.put(name, boxed(array(field.content()))));
      assertThat(ours).isEqualTo(readByNetty(body));
    }
  }

  private static byte[] randomForm(Random random) {
    String[] scraps = {
      "\r\n", "--AaB03x", "--", "\n", "\r", "\r\n--AaB03", "x", "\u0000", "\r\n--"
    };
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int part = random.nextInt(5); part >= 0; part--) {
      body.writeBytes(
          bytes("--AaB03x\r\nContent-Disposition: form-data; name=\"n" + part + "\"\r\n\r\n"));
      StringBuilder content = new StringBuilder();
      for (int scrap = random.nextInt(12); scrap > 0; scrap--) {
        content.append(scraps[random.nextInt(scraps.length)]);
      }
      String text = content.toString().replaceAll("\n--AaB03x", "\n-AaB03x");
      body.writeBytes(bytes(text.startsWith("--AaB03x") ? "" : text));
      body.writeBytes(bytes("\r\n"));
    }
    body.writeBytes(bytes("--AaB03x--\r\n"));
    return body.toByteArray();
  }

  private static Map<String, List<Byte>> readByNetty(byte[] body) throws IOException {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
    request.headers().set("content-type", TYPE);
    HttpPostMultipartRequestDecoder decoder =
        new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
    try {
      Map<String, List<Byte>> fields = new LinkedHashMap<>();
      for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
        fields.put(data.getName(), boxed(((HttpData) data).get()));
      }
      return fields;
    } finally {
      decoder.destroy();
      request.release();
    }
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static List<Byte> boxed(byte[] bytes) {
    List<Byte> list = new ArrayList<>();
    for (byte b : bytes) {
      list.add(b);
    }
    return list;
  }

  @Test
  void sixMegabytesOfAlmostBoundariesAreReadLikeAnythingElse() {
    byte[] content = bytes("\r\n--AaB03".repeat(650_000));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(bytes(GOOD.substring(0, GOOD.indexOf("BYTES"))));
    body.writeBytes(content);
    body.writeBytes(bytes("\r\n--AaB03x--\r\n"));
    Body.Form form = MultipartParser.parse(body.toByteArray(), TYPE, MANY);
    assertThat(Arrays.equals(array(field(form, "left").content()), content)).isTrue();
  }
}
