// Reads a pickle that can hold tensors and nothing else. No name in it is ever looked up or run.

import { PickleBytes } from './pickleBytes';
import { OP, refusedOpcodeName } from './pickleOpcodes';
import { describeValue, type PickleValue } from './pickleValue';
import { callGlobal, isAllowedGlobal, isKind, loadStorage, type Fail } from './torchGlobals';

// What torch needs for a state dict is far below: at most 1,000 pairs are on the stack at a time,
// and a tensor takes about ten places of the memo and eight tuples and dicts.
const MAX_STACK = 100_000;
const MAX_MEMO = 1_000_000;
const MAX_OBJECTS = 1_000_000;
/** protocols 2 (what torch writes unless told otherwise) to 5 */
const PROTOCOLS = { first: 2, last: 5 };

/** Longest pickle that is read. The 7B checkpoint's are below 200 kB. */
export const MAX_PICKLE_BYTES = 16 * 1024 * 1024;

/** @param at position of the opcode at fault, in bytes from the start of the pickle */
export type FailAt = (at: number, what: string) => never;

/**
 * The value of a pickle in the part of the language that torch uses for state dicts.
 * @param failAt throws; called with an opcode or a global that is not allowed, or bad data
 */
export function unpickle(bytes: Uint8Array, failAt: FailAt): PickleValue {
  return new Unpickler(bytes, failAt).run();
}

class Unpickler {
  readonly #in: PickleBytes;
  readonly #fail: Fail;
  /** start of the current opcode */
  #opAt = 0;
  readonly #stack: PickleValue[] = [];
  /** stack lengths at which marks were set */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #objects = 0;

  constructor(bytes: Uint8Array, failAt: FailAt) {
    this.#fail = (what) => failAt(this.#opAt, what);
    this.#in = new PickleBytes(bytes, this.#fail);
  }

  run(): PickleValue {
    for (;;) {
      this.#opAt = this.#in.at;
      const code = this.#in.uint(1);
      if (code === OP.stop) {
        return this.#stack.length === 1 && this.#marks.length === 0
          ? this.#pop()
          : this.#fail(`it ends with ${this.#stack.length} values on the stack`);
      }
      const value = this.#valueOf(code);
      if (value === undefined) {
        this.#act(code);
      } else {
        this.#stack.push(value);
        this.#objects += typeof value === 'object' ? 1 : 0;
      }
      this.#checkSize();
    }
  }

  #checkSize(): void {
    if (this.#stack.length > MAX_STACK || this.#marks.length > MAX_STACK) {
      this.#fail(`more than ${MAX_STACK} values on the stack`);
    }
    if (this.#objects > MAX_OBJECTS) {
      this.#fail(`more than ${MAX_OBJECTS} tuples, dicts and tensors`);
    }
  }

  /** The value that an opcode puts on the stack, or `undefined` when it does something else. */
  #valueOf(code: number): PickleValue | undefined {
    switch (code) {
      case OP.none:
        return null;
      case OP.newTrue:
        return true;
      case OP.newFalse:
        return false;
      case OP.binInt:
        return this.#in.uint(4) | 0;
      case OP.binInt1:
        return this.#in.uint(1);
      case OP.binInt2:
        return this.#in.uint(2);
      case OP.long1:
        return this.#in.long(this.#in.uint(1));
      case OP.binUnicode:
        return this.#in.text(this.#in.uint(4));
      case OP.shortBinUnicode:
        return this.#in.text(this.#in.uint(1));
      case OP.emptyTuple:
        return { kind: 'tuple', items: [] };
      case OP.tuple1:
        return { kind: 'tuple', items: this.#take(1) };
      case OP.tuple2:
        return { kind: 'tuple', items: this.#take(2) };
      case OP.tuple3:
        return { kind: 'tuple', items: this.#take(3) };
      case OP.tuple:
        return { kind: 'tuple', items: this.#takeToMark() };
      case OP.emptyDict:
        return { kind: 'dict', entries: new Map() };
      case OP.binGet:
        return this.#recall(this.#in.uint(1));
      case OP.longBinGet:
        return this.#recall(this.#in.uint(4));
      case OP.global:
        return this.#global(this.#in.line(), this.#in.line());
      case OP.stackGlobal: {
        const [module, name] = this.#take(2);
        return typeof module === 'string' && typeof name === 'string'
          ? this.#global(module, name)
          : this.#fail('STACK_GLOBAL without two names');
      }
      case OP.binPersId:
        return loadStorage(this.#pop(), this.#fail);
      case OP.reduce:
        return this.#reduce();
      default:
        return undefined;
    }
  }

  /** Does what an opcode that gives no value says. */
  #act(code: number): void {
    switch (code) {
      case OP.proto:
        this.#checkProtocol(this.#in.uint(1));
        break;
      case OP.frame:
        // a hint for buffering only
        this.#in.skip(8);
        break;
      case OP.mark:
        this.#marks.push(this.#stack.length);
        break;
      case OP.setItem:
        this.#setItems(this.#take(2));
        break;
      case OP.setItems:
        this.#setItems(this.#takeToMark());
        break;
      case OP.binPut:
        this.#remember(this.#in.uint(1));
        break;
      case OP.longBinPut:
        this.#remember(this.#in.uint(4));
        break;
      case OP.memoize:
        this.#remember(this.#memo.size);
        break;
      case OP.build:
        this.#build();
        break;
      default:
        this.#fail(`the opcode ${refusedOpcodeName(code)} is not allowed`);
    }
  }

  #checkProtocol(protocol: number): void {
    if (protocol < PROTOCOLS.first || protocol > PROTOCOLS.last) {
      this.#fail(`pickle protocol ${protocol} is not supported`);
    }
  }

  #global(module: string, name: string): PickleValue {
    const full = `${module}.${name}`;
    return isAllowedGlobal(full)
      ? { kind: 'global', name: full }
      : this.#fail(`the global ${JSON.stringify(full)} is not allowed: only tensors are read`);
  }

  #reduce(): PickleValue {
    const [callable, args] = this.#take(2);
    return isKind(callable, 'global') && isKind(args, 'tuple')
      ? callGlobal(callable.name, args, this.#fail)
      : this.#fail(`${describeValue(callable)} is called with ${describeValue(args)}`);
  }

  /** Sets attributes. A state dict has one, `_metadata`, with versions of modules: not needed. */
  #build(): void {
    const state = this.#pop();
    const target = this.#stack.at(-1);
    if (!isKind(target, 'dict') || !isKind(state, 'dict')) {
      this.#fail(`${describeValue(state)} is set as the state of ${describeValue(target)}`);
    }
  }

  #setItems(pairs: readonly PickleValue[]): void {
    const target = this.#stack.at(-1);
    if (!isKind(target, 'dict') || pairs.length % 2 !== 0) {
      return this.#fail(`${pairs.length} keys and values are set in ${describeValue(target)}`);
    }
    for (let n = 0; n < pairs.length; n += 2) {
      const key = pairs[n];
      if (typeof key !== 'string') {
        return this.#fail(`a key of a dict is ${describeValue(key)}`);
      }
      target.entries.set(key, pairs[n + 1] ?? null);
    }
  }

  #remember(index: number): void {
    const value = this.#stack.at(-1);
    if (value === undefined || this.#memo.size >= MAX_MEMO) {
      return this.#fail(
        value === undefined ? 'the stack is empty' : `more than ${MAX_MEMO} memo places`,
      );
    }
    this.#memo.set(index, value);
  }

  #recall(index: number): PickleValue {
    const value = this.#memo.get(index);
    return value === undefined ? this.#fail(`nothing at memo place ${index}`) : value;
  }

  #pop(): PickleValue {
    return this.#take(1)[0] ?? null;
  }

  /** Takes values off the stack, none from below the last mark. */
  #take(count: number): PickleValue[] {
    const floor = this.#marks.at(-1) ?? 0;
    return this.#stack.length - count < floor
      ? this.#fail('the stack is empty')
      : this.#stack.splice(this.#stack.length - count);
  }

  #takeToMark(): PickleValue[] {
    return this.#stack.splice(this.#marks.pop() ?? this.#fail('there is no mark'));
  }
}
