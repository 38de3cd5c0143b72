import { allowedGlobal, rebuilt, storageOf } from './allowed-globals.js';
import { malformed } from './malformed.js';
import { PickleDict, PickleList, PickleObject, PickleTuple, type PickleValue } from './pickle-values.js';

/** Whole numbers of more bytes are refused: reading one takes time that grows with the square of its length. */
const longestInteger = 256;

/** More are refused, so that a small file cannot fill the memory; a checkpoint has some hundreds, and its history more. */
const mostOpcodes = 2_000_000;

/**
 * Reads a pickle of protocol 2 to 5 that names nothing but what a checkpoint of weights consists of. Nothing is
 * imported or called; memory grows with the length of the bytes alone.
 *
 * Source: the opcodes as CPython's Lib/pickletools.py describes them.
 *
 * @throws FailureError `bad-data`, naming `source`
 */
export function readPickle(bytes: Buffer, source: string): PickleValue {
  const machine = new Machine(bytes, source);
  for (let count = 0; count < mostOpcodes; count++) {
    const code = machine.byte();
    if (code === stop) return machine.pop();
    const opcode = opcodes[code];
    if (opcode === undefined)
      throw machine.broken(`opcode 0x${code.toString(16)} is not one of a checkpoint`);
    opcode(machine);
  }
  throw machine.broken(`it has more than ${mostOpcodes} opcodes`);
}

const stop = 0x2e;
const mark = Symbol('mark');

/** The stack, the memo and the place in the bytes. */
class Machine {
  readonly memo = new Map<number, PickleValue>();
  private readonly stack: (PickleValue | typeof mark)[] = [];
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    readonly source: string,
  ) {}

  broken(problem: string): Error {
    return malformed(this.source, `its pickle is damaged at byte ${this.at}: ${problem}`);
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw this.broken('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  /** A length of 1, 4 or 8 bytes. */
  length(width: 1 | 4 | 8): number {
    const value = this.take(width);
    return width === 8 ? Number(value.readBigUInt64LE(0)) : value.readUIntLE(0, width);
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.broken('it ends too early');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  push(value: PickleValue | typeof mark): void {
    this.stack.push(value);
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) throw this.broken('nothing is on the stack');
    return value;
  }

  pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  /** All that was pushed since the last mark, which goes too. */
  popToMark(): PickleValue[] {
    const from = this.stack.lastIndexOf(mark);
    if (from < 0) throw this.broken('there is no mark');
    const values = this.stack.splice(from + 1) as PickleValue[];
    this.stack.pop();
    return values;
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.broken(`nothing is remembered as ${index}`);
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    // Objects of which nothing is looked at take what they are given.
    if (list instanceof PickleObject) return;
    if (!(list instanceof PickleList)) throw this.broken('something is appended to what is no list');
    for (const value of values) list.items.push(value);
  }

  setItems(values: readonly PickleValue[]): void {
    const dict = this.top();
    if (dict instanceof PickleObject) return;
    if (!(dict instanceof PickleDict) || values.length % 2 !== 0)
      throw this.broken('a dictionary is not one');
    for (let i = 0; i < values.length; i += 2) dict.entries.set(values[i] ?? null, values[i + 1] ?? null);
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.broken('a name is no text');
    this.push(allowedGlobal(module, name, this.source));
  }

  /** Calls nothing: says what the call would give. */
  reduce(): void {
    const values = this.pop();
    this.push(rebuilt(this.pop(), values, this.source));
  }
}

function put(machine: Machine, index: number): void {
  machine.memo.set(index, machine.top());
}

function text(machine: Machine, width: 1 | 4 | 8): void {
  machine.push(machine.take(machine.length(width)).toString('utf8'));
}

function data(machine: Machine, width: 1 | 4 | 8): void {
  machine.push(machine.take(machine.length(width)));
}

function long(machine: Machine, length: number): void {
  if (length > longestInteger) throw machine.broken(`a whole number has ${length} bytes`);
  const digits = Buffer.from(machine.take(length)).reverse().toString('hex');
  const value = length === 0 ? 0n : BigInt.asIntN(8 * length, BigInt(`0x${digits}`));
  machine.push(Number.isSafeInteger(Number(value)) ? Number(value) : value);
}

function tuple(machine: Machine, count: number): void {
  const items: PickleValue[] = [];
  for (let i = 0; i < count; i++) items.unshift(machine.pop());
  machine.push(new PickleTuple(items));
}

function checkProtocol(machine: Machine): void {
  const protocol = machine.byte();
  if (protocol < 2 || protocol > 5) throw machine.broken(`protocol ${protocol} is not 2 to 5`);
}

/** Python's names of the opcodes stand beside them. */
const opcodes: { readonly [code: number]: (machine: Machine) => void } = {
  128: checkProtocol, // PROTO
  149: (machine) => void machine.length(8), // FRAME
  40: (machine) => machine.push(mark), // MARK
  48: (machine) => void machine.pop(), // POP
  49: (machine) => void machine.popToMark(), // POP_MARK
  50: (machine) => machine.push(machine.top()), // DUP
  78: (machine) => machine.push(null), // NONE
  136: (machine) => machine.push(true), // NEWTRUE
  137: (machine) => machine.push(false), // NEWFALSE
  74: (machine) => machine.push(machine.take(4).readInt32LE(0)), // BININT
  75: (machine) => machine.push(machine.byte()), // BININT1
  77: (machine) => machine.push(machine.take(2).readUInt16LE(0)), // BININT2
  138: (machine) => long(machine, machine.length(1)), // LONG1
  139: (machine) => long(machine, machine.length(4)), // LONG4
  71: (machine) => machine.push(machine.take(8).readDoubleBE(0)), // BINFLOAT
  88: (machine) => text(machine, 4), // BINUNICODE
  140: (machine) => text(machine, 1), // SHORT_BINUNICODE
  141: (machine) => text(machine, 8), // BINUNICODE8
  84: (machine) => data(machine, 4), // BINSTRING
  85: (machine) => data(machine, 1), // SHORT_BINSTRING
  66: (machine) => data(machine, 4), // BINBYTES
  67: (machine) => data(machine, 1), // SHORT_BINBYTES
  142: (machine) => data(machine, 8), // BINBYTES8
  150: (machine) => data(machine, 8), // BYTEARRAY8
  41: (machine) => tuple(machine, 0), // EMPTY_TUPLE
  133: (machine) => tuple(machine, 1), // TUPLE1
  134: (machine) => tuple(machine, 2), // TUPLE2
  135: (machine) => tuple(machine, 3), // TUPLE3
  116: (machine) => machine.push(new PickleTuple(machine.popToMark())), // TUPLE
  93: (machine) => machine.push(new PickleList()), // EMPTY_LIST
  97: (machine) => machine.append([machine.pop()]), // APPEND
  101: (machine) => machine.append(machine.popToMark()), // APPENDS
  125: (machine) => machine.push(new PickleDict()), // EMPTY_DICT
  115: (machine) => {
    const value = machine.pop();
    machine.setItems([machine.pop(), value]);
  }, // SETITEM
  117: (machine) => machine.setItems(machine.popToMark()), // SETITEMS
  143: (machine) => machine.push(new PickleObject('builtins.set')), // EMPTY_SET
  144: (machine) => machine.append(machine.popToMark()), // ADDITEMS
  145: (machine) => {
    machine.popToMark();
    machine.push(new PickleObject('builtins.frozenset'));
  }, // FROZENSET
  99: (machine) => machine.pushGlobal(machine.line(), machine.line()), // GLOBAL
  147: (machine) => {
    const name = machine.pop();
    machine.pushGlobal(machine.pop(), name);
  }, // STACK_GLOBAL
  82: (machine) => machine.reduce(), // REDUCE
  129: (machine) => machine.reduce(), // NEWOBJ
  // The state of an object or the metadata of a state dict: no number of a tensor stands there.
  98: (machine) => {
    machine.pop();
    machine.top();
  }, // BUILD
  113: (machine) => put(machine, machine.byte()), // BINPUT
  114: (machine) => put(machine, machine.length(4)), // LONG_BINPUT
  148: (machine) => put(machine, machine.memo.size), // MEMOIZE
  104: (machine) => machine.recall(machine.byte()), // BINGET
  106: (machine) => machine.recall(machine.length(4)), // LONG_BINGET
  81: (machine) => machine.push(storageOf(machine.pop(), machine.source)), // BINPERSID
};
