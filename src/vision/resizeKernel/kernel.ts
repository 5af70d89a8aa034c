// The compiled kernel, made runnable when it is first needed.

import { KERNEL_BASE64 } from './kernelBytes';

/** What assembly/index.ts exports; addresses and strides are in bytes. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resizeAcross(
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    starts: number,
    weights: number,
    pairs: number,
    width: number,
  ): void;
  resizeDown(from: number, stride: number, to: number, weights: number, pairs: number): void;
}

/** What is used of WebAssembly: only the types of browsers declare it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE_BYTES = 65_536;
/** A kernel with more memory serves one picture and is let go. */
const KEPT_BYTES = 8 * 2 ** 20;

let compiled: object | undefined;
let shared: Kernel | undefined;

/**
 * A kernel with a memory of at least `bytes`, whatever is in it. It is the caller's until the next
 * call.
 * @throws RangeError when there is not so much memory
 */
export function openKernel(bytes: number): Kernel {
  const kernel = bytes > KEPT_BYTES ? instantiate() : (shared ??= instantiate());
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) {
    kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  }
  return kernel;
}

function instantiate(): Kernel {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  compiled ??= new WebAssembly.Module(decodeBase64(KERNEL_BASE64));
  return new WebAssembly.Instance(compiled).exports as Kernel;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): Uint8Array {
  const digits = text.replaceAll('=', '');
  const bytes = new Uint8Array((digits.length * 6) >> 3);
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (const digit of digits) {
    bits = (bits << 6) | BASE64.indexOf(digit);
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length] = bits >> bitCount;
      length += 1;
    }
  }
  return bytes;
}
