// What a checkpoint's pickle can hold once it is read: plain values, storages and tensors.

import type { Dtype } from '../safetensors';

export type PickleValue = null | boolean | number | string | PickleObject;

export type PickleObject = PickleTuple | PickleDict | PickleGlobal | PickleStorage | PickleTensor;

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** A `dict` or an `OrderedDict`. Keys are strings. */
export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: Map<string, PickleValue>;
}

/** A name of the allow-list; it is never looked up anywhere. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** A run of numbers of one type in the archive. */
export interface PickleStorage {
  readonly kind: 'storage';
  /** the archive's entry is `data/<key>` */
  readonly key: string;
  readonly dtype: Dtype;
  readonly elements: number;
}

/** A contiguous window on a storage, in row-major order. */
export interface PickleTensor {
  readonly kind: 'tensor';
  readonly storage: PickleStorage;
  /** in elements, from the start of the storage */
  readonly offset: number;
  readonly shape: readonly number[];
}

/** What a value is, in a message. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (value === null) {
    return 'None';
  }
  if (typeof value !== 'object') {
    return `a ${typeof value}`;
  }
  return value.kind === 'global' ? value.name : `a ${value.kind}`;
}
