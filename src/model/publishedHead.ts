// The score head that a model folder comes with.

import { AppError, errorText } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { joinPath } from '../node/folder';
import { toFloat32, type FloatDtype } from './checkpoint/floats';
import { readGraph } from './graphVariant';
import { FILE_NAME, GRAPH_NAMES } from './manifest';
import { ELEMENT_TYPE, type TensorProto } from './onnx/onnxSchema';
import { headWeights } from './onnx/scoreHead';

/** Score heads are never quantised. */
const DTYPES: ReadonlyMap<number, FloatDtype> = new Map([
  [ELEMENT_TYPE.float, 'F32'],
  [ELEMENT_TYPE.float16, 'F16'],
  [ELEMENT_TYPE.bfloat16, 'BF16'],
]);

/**
 * One weight for each feature.
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `FILE_NOT_FOUND` or `FILE_UNREADABLE`
 */
export async function readPublishedHead(folder: string): Promise<Float32Array> {
  const graph = await readGraph(folder, GRAPH_NAMES.decoder);
  const invalid = (what: string): AppError =>
    new AppError('MODEL_INVALID', `${folder}: ${GRAPH_NAMES.decoder}: ${what}`, { folder });
  let tensor: TensorProto;
  try {
    tensor = headWeights(graph);
  } catch (error) {
    throw invalid(errorText(error));
  }
  const { dataType, externalData = [] } = tensor;
  const at = new Map(externalData.map(({ key, value }) => [key, value]));
  const [file = '', offset, sizeBytes] = [
    at.get('location'),
    Number(at.get('offset')),
    Number(at.get('length')),
  ];
  const dtype = DTYPES.get(dataType);
  if (dtype === undefined || !FILE_NAME.test(file) || !Number.isSafeInteger(offset + sizeBytes)) {
    throw invalid('its score head is stored in no known form');
  }
  const source = await openFileSource(joinPath(folder, file));
  try {
    return toFloat32(await source.read(offset, sizeBytes), dtype);
  } finally {
    await source.close();
  }
}
