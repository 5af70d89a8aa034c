// A loaded model folder: tokenizer, embeddings, vision tower, projector and decoder together.

import { openFileSource, type FileSource } from '../node/fileSource';
import { joinPath } from '../node/folder';
import { readSmallFile } from '../node/smallFile';
import { readSafetensorsHeader, type TensorInfo } from './checkpoint/safetensors';
import { toFloat32 } from './checkpoint/floats';
import { EMBEDDINGS, GLOBAL_SEPARATOR, ROW_END } from './checkpoint/tensorNames';
import { Decoder, type DecoderRows } from './decoder';
import { EmbeddingTable } from './embeddingTable';
import { arrangeImageTokens, type SeparatorRows } from './imageTokens';
import { GRAPH_NAMES, readManifest, TOKENIZER_NAME, WEIGHTS_NAME, type Manifest } from './manifest';
import {
  floatData,
  floatTensor,
  openSession,
  type Session,
  type SessionOptions,
} from './ortRuntime';
import type { SequenceItem } from './tokenSequence';
import { InternLm2Tokenizer } from './tokenizer/internlm2Tokenizer';

const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** What is needed to lay out and tokenise prompts; no graph is loaded. */
export interface PromptModel {
  readonly manifest: Manifest;
  readonly tokenizer: InternLm2Tokenizer;
}

/** @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID` or `TOKENIZER_INVALID` */
export async function loadPromptModel(folder: string): Promise<PromptModel> {
  const manifest = await readManifest(folder);
  const bytes = await readSmallFile(joinPath(folder, TOKENIZER_NAME), MAX_TOKENIZER_BYTES);
  return { manifest, tokenizer: new InternLm2Tokenizer(bytes) };
}

/** Tokens along the side of a tile: 2×2 patches become one. */
export function tokensPerSide(manifest: Manifest): number {
  return manifest.dims.vision.patchesPerSide / 2;
}

/** Everything that turns pixels and tokens into rewards. Release it when done. */
export class RewardModel implements PromptModel {
  private constructor(
    readonly manifest: Manifest,
    readonly tokenizer: InternLm2Tokenizer,
    readonly decoder: Decoder,
    readonly embeddings: EmbeddingTable,
    readonly separators: SeparatorRows,
    readonly vision: Session,
    readonly projector: Session,
    readonly weights: FileSource,
  ) {}

  /** @throws AppError when the folder is not a model, or the runtime can't load it */
  static async load(folder: string, options: SessionOptions): Promise<RewardModel> {
    const { manifest, tokenizer } = await loadPromptModel(folder);
    const weights = await openFileSource(joinPath(folder, WEIGHTS_NAME));
    const opened: Session[] = [];
    const open = async (name: string): Promise<Session> => {
      const session = await openSession(joinPath(folder, name), options);
      opened.push(session);
      return session;
    };
    try {
      const tensors = await readSafetensorsHeader(weights);
      const table = tensorOf(tensors, EMBEDDINGS);
      const [vocab = 0, hidden = 0] = table.shape;
      const separators = {
        rowEnd: await readAll(tensorOf(tensors, ROW_END)),
        global: await readAll(tensorOf(tensors, GLOBAL_SEPARATOR)),
      };
      const vision = await open(GRAPH_NAMES.vision);
      const projector = await open(GRAPH_NAMES.projector);
      const decoder = new Decoder(await open(GRAPH_NAMES.decoder), manifest.dims);
      const embeddings = new EmbeddingTable(weights, table.offset, vocab, hidden);
      return new RewardModel(
        manifest,
        tokenizer,
        decoder,
        embeddings,
        separators,
        vision,
        projector,
        weights,
      );
    } catch (error) {
      await Promise.all(opened.map((session) => session.release()));
      await weights.close();
      throw error;
    }
  }

  /**
   * Features of one tile or overview.
   * @param pixels [3, tile, tile] normalised
   * @returns [side, side, 4 · vision hidden]
   */
  async encodeTile(pixels: Float32Array): Promise<Float32Array> {
    const { tile } = this.manifest.dims.vision;
    const outputs = await this.vision.run({ pixels: floatTensor(pixels, [1, 3, tile, tile]) }, [
      'features',
    ]);
    return floatData(outputs, 'features');
  }

  /**
   * Rows of an image for the decoder, from the features of its overview and tiles.
   * @param grid [rows, columns] of tiles
   * @returns [tokens, hidden]
   */
  async projectImage(
    overview: Float32Array,
    tiles: readonly Float32Array[],
    grid: readonly [number, number],
  ): Promise<Float32Array> {
    const side = tokensPerSide(this.manifest);
    const features = arrangeImageTokens(overview, tiles, grid, side, this.separators);
    const width = this.separators.rowEnd.length;
    const outputs = await this.projector.run(
      { features: floatTensor(features, [features.length / width, width]) },
      ['embeds'],
    );
    return floatData(outputs, 'embeds');
  }

  /** Rows for a sequence of tokens and images. @param media rows of each medium, [tokens, hidden] */
  async embed(
    items: readonly SequenceItem[],
    media: readonly Float32Array[],
  ): Promise<DecoderRows> {
    const { hidden } = this.manifest.dims;
    const length = items.reduce<number>(
      (n, item) => n + (typeof item === 'number' ? 1 : item.tokens),
      0,
    );
    const embeds = new Float32Array(length * hidden);
    const imageRuns: [number, number][] = [];
    let at = 0;
    for (const item of items) {
      if (typeof item === 'number') {
        embeds.set(await this.embeddings.row(item), at * hidden);
        at += 1;
      } else {
        const rows = media[item.media];
        if (rows === undefined) {
          throw new RangeError(`no rows for medium ${item.media}`);
        }
        embeds.set(rows.subarray(0, item.tokens * hidden), at * hidden);
        imageRuns.push([at, at + item.tokens]);
        at += item.tokens;
      }
    }
    return { embeds, length, imageRuns };
  }

  async release(): Promise<void> {
    await Promise.all([
      this.vision.release(),
      this.projector.release(),
      this.decoder.session.release(),
      this.weights.close(),
    ]);
  }
}

function tensorOf(tensors: ReadonlyMap<string, TensorInfo>, name: string): TensorInfo {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw new RangeError(`no tensor ${name}`);
  }
  return tensor;
}

async function readAll(tensor: TensorInfo): Promise<Float32Array> {
  return toFloat32(await tensor.source.read(tensor.offset, tensor.sizeBytes), 'F32');
}
