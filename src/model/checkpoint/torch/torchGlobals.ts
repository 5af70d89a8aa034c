// The only names a checkpoint's pickle may use, and what calling them gives.

import { elementCount, type Dtype } from '../safetensors';
import {
  describeValue,
  type PickleStorage,
  type PickleTensor,
  type PickleTuple,
  type PickleValue,
} from './pickleValue';

/** Storage classes under the names every torch since 1.6 writes, and their element types. */
const STORAGES: ReadonlyMap<string, Dtype> = new Map([
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.DoubleStorage', 'F64'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const ORDERED_DICT = 'collections.OrderedDict';

export function isAllowedGlobal(name: string): boolean {
  return (
    STORAGES.has(name) ||
    name === REBUILD_TENSOR ||
    name === REBUILD_PARAMETER ||
    name === ORDERED_DICT
  );
}

const MAX_DIMENSIONS = 8;
/** torch numbers its storages */
const STORAGE_KEY = /^\w{1,32}$/;

/** Reports what is wrong and where; never returns. */
export type Fail = (what: string) => never;

/** What `name(*args)` builds. Nothing is run: each allowed name is answered here. */
export function callGlobal(name: string, { items }: PickleTuple, fail: Fail): PickleValue {
  switch (name) {
    case ORDERED_DICT:
      return items.length === 0
        ? { kind: 'dict', entries: new Map() }
        : fail('OrderedDict is called with values; torch fills it afterwards');
    case REBUILD_TENSOR:
      return rebuildTensor(items, fail);
    case REBUILD_PARAMETER:
      return rebuildParameter(items, fail);
    default:
      return fail(`${name} is called: it may only name the type of a storage`);
  }
}

/** The storage that a persistent id stands for: ("storage", class, key, device, elements). */
export function loadStorage(id: PickleValue | undefined, fail: Fail): PickleStorage {
  const items = isKind(id, 'tuple') ? id.items : [];
  const [tag, type, key, device, elements] = items;
  const dtype = isKind(type, 'global') ? STORAGES.get(type.name) : undefined;
  if (
    items.length !== 5 ||
    tag !== 'storage' ||
    dtype === undefined ||
    typeof key !== 'string' ||
    !STORAGE_KEY.test(key) ||
    typeof device !== 'string' ||
    !isSize(elements)
  ) {
    return fail('a persistent id is not ("storage", type, key, device, elements)');
  }
  return { kind: 'storage', key, dtype, elements };
}

/** (storage, offset, size, stride, requires_grad, hooks[, metadata]) */
function rebuildTensor(items: readonly PickleValue[], fail: Fail): PickleTensor {
  const [storage, offset, size, stride, , , metadata] = items;
  if (items.length < 6 || items.length > 7 || !isKind(storage, 'storage') || !isSize(offset)) {
    return fail(
      `_rebuild_tensor_v2 is called with ${items.length} values, first ${describeValue(storage)}`,
    );
  }
  if (metadata != null && !(isKind(metadata, 'dict') && metadata.entries.size === 0)) {
    return fail('a tensor has metadata (a conjugate or negative view): save a plain copy instead');
  }
  const shape = sizesOf(size, fail);
  const strides = sizesOf(stride, fail);
  const elements = elementCount(shape);
  if (strides.length !== shape.length || !Number.isSafeInteger(elements)) {
    return fail(`a tensor of shape [${shape.join(', ')}] has strides [${strides.join(', ')}]`);
  }
  if (elements > 0 && !isContiguous(shape, strides)) {
    return fail(
      `a tensor of shape [${shape.join(', ')}] with strides [${strides.join(', ')}] does not ` +
        'stand in one piece: save it with .contiguous()',
    );
  }
  if (offset + elements > storage.elements) {
    return fail(
      `a tensor wants ${elements} elements at ${offset} of a storage of ${storage.elements}`,
    );
  }
  return { kind: 'tensor', storage, offset, shape };
}

/** (tensor, requires_grad, hooks) */
function rebuildParameter(items: readonly PickleValue[], fail: Fail): PickleTensor {
  const [tensor] = items;
  return items.length === 3 && isKind(tensor, 'tensor')
    ? tensor
    : fail(`_rebuild_parameter is called with ${describeValue(tensor)}`);
}

function sizesOf(value: PickleValue | undefined, fail: Fail): readonly number[] {
  if (!isKind(value, 'tuple') || value.items.length > MAX_DIMENSIONS) {
    return fail(`a shape or stride is not a tuple of at most ${MAX_DIMENSIONS} sizes`);
  }
  return value.items.map((item) => (isSize(item) ? item : fail('a size is no whole number ≥ 0')));
}

/** Row-major without gaps; the stride of a dimension of one element does not matter. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d -= 1) {
    const size = shape[d] ?? 0;
    if (size !== 1 && strides[d] !== expected) {
      return false;
    }
    expected *= size;
  }
  return true;
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isKind<K extends Extract<PickleValue, object>['kind']>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}
