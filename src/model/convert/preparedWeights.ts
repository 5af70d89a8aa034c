// What a conversion has ready before it touches the model that is in the folder.

import type { ModelFile } from '../manifest';
import type { WeightMap } from '../onnx/weightLocation';
import type { SourceFile } from './hashSources';

/** Weights that are complete beside the model folder's files: nothing has been replaced yet. */
export interface PreparedWeights {
  readonly locations: WeightMap;
  /** the files in the model folder that hold them */
  readonly files: readonly ModelFile[];
  /** the checkpoint's files */
  readonly sources: readonly SourceFile[];
  /** why weights that stay as they are were copied, not linked */
  readonly copied?: string;
  /** gives the files their names; what bore them is gone */
  commit(): Promise<void>;
  /** takes back what no later attempt can use */
  abandon(): Promise<void>;
}
