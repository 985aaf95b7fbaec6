package dev.sconce.image;

import java.util.HexFormat;

/** The constant tables of VP8 (RFC 6386), written as hexadecimal digits. */
final class Vp8Tables {
  /**
   * Coefficient probabilities before a frame changes them: 4 types x 8 bands x 3 contexts x 11
   * (13.5).
   */
  static final int[] COEFFICIENTS =
      bytes(
          "8080808080808080808080808080808080808080808080808080808080808080"
              + "80fd88feffe4db8080808080bd81f2ffe3d5ffdb8080806a7ee3fcd6d1ffff80"
              + "80800162f8ffece2ffff808080b585eefeddeaff9a8080804e86caf7c6b4ffdb"
              + "80808001b9f9fff3ff8080808080b896f7ffece080808080804d6ed8ffece680"
              + "808080800165fbfff1ff8080808080aa8bf1fcecd1ffff8080802574c4f3e4ff"
              + "ffff80808001ccfefff5ff8080808080cfa0faffee8080808080806667e7ffd3"
              + "ab80808080800198fcfff0ff8080808080b187f3ffeae180808080805081d3ff"
              + "c2e080808080800101ff8080808080808080f601ff8080808080808080ff8080"
              + "8080808080808080c623eddfc1bba2a0919b3e832dc6ddacb0dc9dfcdd01442f"
              + "92d095a7dda2ffdf800195f1ffdde0ffff808080b88deafddedcffc780808051"
              + "63b5f2b0bef9caffff800181e8fdd6c5f2c4ffff806379d2fac9c6ffca808080"
              + "175ba3f2aabbf7d2ffff8001c8f6ffeaff80808080806db2f1ffe7f5ffff8080"
              + "802c82c9fdcdc0ffff8080800184effbdbd1ffa58080805e88e1fbdabeffff80"
              + "80801664aef5baa1ffc780808001b6f9ffe8eb80808080807c8ff1ffe3ea8080"
              + "808080234db5fbc1d3ffcd808080019df7ffece7ffff808080798debffe1e3ff"
              + "ff8080802d63bcfbc3d9ffe08080800101fbffd5ff8080808080cb01f8ffff80"
              + "80808080808901b1ffe0ff8080808080fd09f8fbcfd0ffc0808080af0de0f3c1"
              + "b9f9c6ffff804911abdda1b3eca7ffea80015ff7fdd4b7ffff808080ef5af4fa"
              + "d3d1ffff8080809b4dc3f8bcc3ffff8080800118effbdadbffcd808080c933db"
              + "ffc4ba8080808080452ebeefc9daffe480808001bffbffff808080808080dfa5"
              + "f9ffd5ff80808080808d7cf8ffff8080808080800110f8ffff808080808080be"
              + "24e6ffecff80808080809501ff808080808080808001e2ff8080808080808080"
              + "f7c0ff8080808080808080f080ff80808080808080800186fcffff8080808080"
              + "80d53efaffff808080808080375dff8080808080808080808080808080808080"
              + "808080808080808080808080808080808080808080808080ca18d5ebbabfdca0"
              + "f0afff7e26b6e8a9b8e4aeffbb803d2e8adb97b2f0aaffd8800170e6fac7bff7"
              + "9fffff80a66de4fcd3d7ffae808080274da2e8acb4f5b2ffff800134dcf6c6c7"
              + "f9dcffff807c4abff3b7c1faddffff80184782db9aaaf3b6ffff8001b6e1f9db"
              + "f0ffe08080809596e2fcd8cdffab8080801c6caaf2b7c2fedfffff800151e6fc"
              + "cccbffc08080807b66d1f7bcc4ffe9808080145f99f3a4adffcb80808001def8"
              + "ffd8d58080808080a8aff6fcebcdffff8080802f74d7ffd3d4ffff8080800179"
              + "ecfdd4d6ffff8080808d54d5fcc9caffdb8080802a50a0f0a2b9ffcd80808001"
              + "01ff8080808080808080f401ff8080808080808080ee01ff8080808080808080");

  /** The probabilities that such a probability is changed, in the same order (13.4). */
  static final int[] COEFFICIENT_UPDATES =
      bytes(
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "ffb0f6ffffffffffffffffffdff1fcfffffffffffffffff9fdfdffffffffffff"
              + "fffffff4fcffffffffffffffffeafefefffffffffffffffffdffffffffffffff"
              + "fffffffff6feffffffffffffffffeffdfefffffffffffffffffefffeffffffff"
              + "fffffffffff8fefffffffffffffffffbfffeffffffffffffffffffffffffffff"
              + "fffffffffffffdfefffffffffffffffffbfefefffffffffffffffffefffeffff"
              + "fffffffffffffffefdfffefffffffffffffafffefffefffffffffffffeffffff"
              + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "ffffffffffffffffd9ffffffffffffffffffffe1fcf1fdfffffeffffffffeafa"
              + "f1fafdfffdfefffffffffeffffffffffffffffffdffefeffffffffffffffffee"
              + "fdfefefffffffffffffffff8fefffffffffffffffff9feffffffffffffffffff"
              + "fffffffffffffffffffffffffdfffffffffffffffffff7feffffffffffffffff"
              + "fffffffffffffffffffffffffffdfefffffffffffffffffcffffffffffffffff"
              + "fffffffffffffffffffffffffffffefefffffffffffffffffdffffffffffffff"
              + "fffffffffffffffffffffffffffffffefdfffffffffffffffffaffffffffffff"
              + "fffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "ffffffffffffffffffffffffffffffffbafbfaffffffffffffffffeafbf4feff"
              + "fffffffffffffbfbf3fdfefffefffffffffffdfeffffffffffffffffecfdfeff"
              + "fffffffffffffffbfdfdfefefffffffffffffffefefffffffffffffffffefefe"
              + "fffffffffffffffffffffffffffffffffffffffffefffffffffffffffffffefe"
              + "fffffffffffffffffffefffffffffffffffffffffffffffffffffffffffffffe"
              + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              + "fffffffffffffffffffffffffffffffffffffffffffffffff8ffffffffffffff"
              + "fffffffafefcfefffffffffffffff8fef9fdfffffffffffffffffdfdffffffff"
              + "fffffffff6fdfdfffffffffffffffffcfefbfefefffffffffffffffefcffffff"
              + "fffffffffff8fefdfffffffffffffffffdfffefefffffffffffffffffbfeffff"
              + "fffffffffffff5fbfefffffffffffffffffdfdfefffffffffffffffffffbfdff"
              + "fffffffffffffffcfdfefffffffffffffffffffefffffffffffffffffffffcff"
              + "fffffffffffffffff9fffefffffffffffffffffffffeffffffffffffffffffff"
              + "fdfffffffffffffffffaffffffffffffffffffffffffffffffffffffffffffff"
              + "fffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffff");

  /** Probabilities of a subblock's mode: 10 modes above x 10 modes to the left x 9 (11.5). */
  static final int[] SUBBLOCK_MODES =
      bytes(
          "e7783059737178987098b3407eaa762e465faf458f505552489b67383a0aabda"
              + "bd110d98721a11a32cc3150aad791850c31a3e2c405590470a26abd590221aaa"
              + "2e371388a021ce473f14087272d00c09e251280b60b6541d102486b759896265"
              + "6aa59448bb64829d6f204b504266a7634a3e28ea80293509b2f18d1a086b4a2b"
              + "1a9249a631179d412669a033341f7380684f0c1bd9ff5711075744472c72330f"
              + "ba172f290e6eb6b71511c2422d1966c5bd171216585893962a2e2dc4cd2b61b7"
              + "75552623b33d2735c8571a152be8ab3822336872661d5d4d271c55ab3aa55a62"
              + "40221674ce17222ba6496b36201a3301512b1f44196a1640ab24e17222131566"
              + "84bc104c7c3e124e5f5539323033c165239fd76f592e6f3c941facdbe415126f"
              + "70714d55b3ff267872282a01c4f5d10a196d582b1d8ca6d5252b9a3d3f1e9b43"
              + "2d4401d16450082b9a01331a478e4e4e10ff8022c5ab29280566d3b70401dd33"
              + "3211a8d1c01719528a1f24ab1ba6262ce543573aa952731a3bb33f3b5ab43ba6"
              + "5d499a282815748fd12227af2f0f10b722df312db72e1121b706620f20b7392e"
              + "16188001361125412049731c801780cd2803097333c01206df572509733b4d40"
              + "152f68372cda09363582e2405a46cd2829171a39363970b8052926a6d51e221a"
              + "8598740a2086271335dd1a722049ff1f0941ea020f0176494b200c33c0ffa02b"
              + "33581f2343665537ba553815176f3bcd2d25c03726467c49660122627d622a58"
              + "685575af525f543559806471652d4b4f7b2f338051ab01391105476639352931"
              + "26210d7939491a0155290a438a4d6e5a2f727315020a66ffa61706651d100a55"
              + "8065c41a39120a6666d522142b75140f24a38044011a663d472522351ff3c045"
              + "3c472649771cde25442d8022012f0bf5ab3e1113469255373e46252b259a64a3"
              + "55a0013f095c881c4020c9554b0f090940ffb8771056061c0540ff19f8013808"
              + "118489ff3774803a0f145287391a7928a4321f899a851923da33672c83837b1f"
              + "069e5628408794e02db780161a1183f09a0e01d12d10155b40de0701c5381527"
              + "9b3c8a1766d5530c0d36c0ff442f1c551a555580802092ab120b073f90ab0404"
              + "f6231b0a92aeab0c1a80be502363b4507e362d557e2f57b033291420654b808b"
              + "769274805538290fb0ec5525093e471e117776ff11128a65263c8a37462b1a8e"
              + "9224131eabff611b148a2d3d3edb0151bc4020291475978e1415a370130c3dc3"
              + "80300418");

  /** Steps of DC coefficients by quantiser index (14.1). */
  static final int[] DC_STEPS =
      bytes(
          "0405060708090a0a0b0c0d0e0f101111121314141515161617171819191a1b1c"
              + "1d1e1f20212223242525262728292a2b2c2d2e2e2f303132333435363738393a"
              + "3b3c3d3e3f404142434445464748494a4b4c4c4d4e4f50515253545556575859"
              + "5b5d5f6062646566686a6c6e707274767a7c7e80828486888a8c8f9194979a9d");

  /** Steps of AC coefficients by quantiser index (14.1). */
  static final int[] AC_STEPS =
      shorts(
          "000400050006000700080009000a000b000c000d000e000f0010001100120013"
              + "001400150016001700180019001a001b001c001d001e001f0020002100220023"
              + "002400250026002700280029002a002b002c002d002e002f0030003100320033"
              + "003400350036003700380039003a003c003e00400042004400460048004a004c"
              + "004e00500052005400560058005a005c005e00600062006400660068006a006c"
              + "006e0070007200740077007a007d0080008300860089008c008f009200950098"
              + "009b009e00a100a400a700aa00ad00b100b500b900bd00c100c500c900cd00d1"
              + "00d500d900dd00e100e500ea00ef00f500f900fe01030108010d01120117011c");

  private Vp8Tables() {}

  private static int[] bytes(String hex) {
    return numbers(hex, 2);
  }

  private static int[] shorts(String hex) {
    return numbers(hex, 4);
  }

  private static int[] numbers(String hex, int digits) {
    int[] numbers = new int[hex.length() / digits];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = HexFormat.fromHexDigits(hex, i * digits, (i + 1) * digits);
    }
    return numbers;
  }
}
