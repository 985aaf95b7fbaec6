package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Bytes;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The opcodes that a pickle may use, and no others: those that Python writes for data with
 * protocols 2 to 5. Left out are the text opcodes of protocol 0, {@code INST}, {@code OBJ}, {@code
 * EXT1} to {@code EXT4}, {@code NEWOBJ_EX}, {@code DUP} and out-of-band buffers.
 *
 * <p>Meaning and layout: CPython's {@code Lib/pickletools.py}.
 *
 * @param name as CPython has it
 * @param code its byte
 * @param action what it does to an unpickler
 */
record Opcode(String name, int code, Consumer<Unpickler> action) {
  private static final List<Opcode> ALLOWED =
      List.of(
          // The pickle itself.
          new Opcode("PROTO", 0x80, Unpickler::proto),
          new Opcode("FRAME", 0x95, Unpickler::frame),
          new Opcode("STOP", '.', Unpickler::stop),
          // Constants and numbers.
          new Opcode("NONE", 'N', p -> p.push(None.NONE)),
          new Opcode("NEWTRUE", 0x88, p -> p.push(true)),
          new Opcode("NEWFALSE", 0x89, p -> p.push(false)),
          new Opcode("BININT", 'J', p -> p.push((long) p.input().int32())),
          new Opcode("BININT1", 'K', p -> p.push((long) p.input().uint8())),
          new Opcode("BININT2", 'M', p -> p.push((long) p.input().uint16())),
          new Opcode("LONG1", 0x8a, p -> p.integer(p.input().uint8())),
          new Opcode("LONG4", 0x8b, p -> p.integer(p.input().int32())),
          new Opcode("BINFLOAT", 'G', p -> p.push(p.input().float64BigEndian())),
          // Text and bytes.
          new Opcode("BINUNICODE", 'X', p -> p.push(p.input().utf8(p.input().uint32()))),
          new Opcode("SHORT_BINUNICODE", 0x8c, p -> p.push(p.input().utf8(p.input().uint8()))),
          new Opcode("BINUNICODE8", 0x8d, p -> p.push(p.input().utf8(p.input().int64()))),
          new Opcode("BINSTRING", 'T', p -> p.push(p.input().latin1(p.input().int32()))),
          new Opcode("SHORT_BINSTRING", 'U', p -> p.push(p.input().latin1(p.input().uint8()))),
          new Opcode("BINBYTES", 'B', p -> p.push(new Bytes(p.input().bytes(p.input().uint32())))),
          new Opcode(
              "SHORT_BINBYTES", 'C', p -> p.push(new Bytes(p.input().bytes(p.input().uint8())))),
          new Opcode("BINBYTES8", 0x8e, p -> p.push(new Bytes(p.input().bytes(p.input().int64())))),
          new Opcode(
              "BYTEARRAY8", 0x96, p -> p.push(new Bytes(p.input().bytes(p.input().int64())))),
          // Containers.
          new Opcode("EMPTY_TUPLE", ')', p -> p.push(new Tuple(List.of()))),
          new Opcode("TUPLE1", 0x85, p -> p.push(new Tuple(p.pop(1)))),
          new Opcode("TUPLE2", 0x86, p -> p.push(new Tuple(p.pop(2)))),
          new Opcode("TUPLE3", 0x87, p -> p.push(new Tuple(p.pop(3)))),
          new Opcode("TUPLE", 't', p -> p.push(new Tuple(p.popToMark()))),
          new Opcode("FROZENSET", 0x91, p -> p.push(new Tuple(p.popToMark()))),
          new Opcode("EMPTY_LIST", ']', p -> p.push(new Items())),
          new Opcode("EMPTY_SET", 0x8f, p -> p.push(new Items())),
          new Opcode("APPEND", 'a', p -> p.append(p.pop(1))),
          new Opcode("APPENDS", 'e', p -> p.append(p.popToMark())),
          new Opcode("ADDITEMS", 0x90, p -> p.append(p.popToMark())),
          new Opcode("EMPTY_DICT", '}', p -> p.push(new Dict())),
          new Opcode("SETITEM", 's', p -> p.put(p.pop(2))),
          new Opcode("SETITEMS", 'u', p -> p.put(p.popToMark())),
          // The stack and the memo.
          new Opcode("MARK", '(', Unpickler::mark),
          new Opcode("POP", '0', Unpickler::discard),
          new Opcode("POP_MARK", '1', Unpickler::popToMark),
          new Opcode("BINPUT", 'q', p -> p.remember(p.input().uint8())),
          new Opcode("LONG_BINPUT", 'r', p -> p.remember(p.input().int32())),
          new Opcode("MEMOIZE", 0x94, Unpickler::memoize),
          new Opcode("BINGET", 'h', p -> p.recall(p.input().uint8())),
          new Opcode("LONG_BINGET", 'j', p -> p.recall(p.input().int32())),
          // Names, calls and storages.
          new Opcode("GLOBAL", 'c', Unpickler::globalInText),
          new Opcode("STACK_GLOBAL", 0x93, Unpickler::globalOnStack),
          new Opcode("BINPERSID", 'Q', Unpickler::storage),
          new Opcode("REDUCE", 'R', Unpickler::call),
          new Opcode("NEWOBJ", 0x81, Unpickler::call),
          new Opcode("BUILD", 'b', Unpickler::build));

  private static final Map<Integer, Opcode> BY_CODE =
      ALLOWED.stream().collect(Collectors.toUnmodifiableMap(Opcode::code, Function.identity()));

  static Optional<Opcode> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
