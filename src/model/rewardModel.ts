// A loaded model folder: tokenizer, embeddings, vision tower, projector and decoder together.

import { AppError } from '../base/errors';
import { openFileSource, type FileSource } from '../node/fileSource';
import { joinPath } from '../node/folder';
import type { Device } from '../sample/device';
import { toFloat32 } from './checkpoint/floats';
import type { VisionDims } from './checkpoint/modelConfig';
import { DTYPE_BYTES, elementCount } from './checkpoint/safetensors';
import { Decoder, presentNames } from './decoder';
import type { DecoderRows } from './decoderRows';
import { EmbeddingTable } from './embeddingTable';
import {
  decoderSource,
  FUSED,
  graphSource,
  type GraphVariant,
  type GraphVariants,
} from './graphVariant';
import { arrangeImageTokens, type SeparatorRows } from './imageTokens';
import { InPlaceDecoder } from './inPlaceDecoder';
import { GRAPH_NAMES, type Manifest, type Table } from './manifest';
import {
  floatData,
  floatTensor,
  openSession,
  type GraphSource,
  type OpenSession,
  type Session,
  type SessionOptions,
} from './ortRuntime';
import { PackedDecoder } from './packedDecoder';
import { loadPromptModel, tokensPerSide, type PromptModel } from './promptModel';
import { REWARD, type TailScorer } from './tailScorer';
import type { SequenceItem } from './tokenSequence';
import type { InternLm2Tokenizer } from './tokenizer/internlm2Tokenizer';

/** The parts of a model that looks at pictures. */
interface Sight {
  readonly dims: VisionDims;
  readonly tower: Session;
  readonly projector: Session;
  readonly separators: SeparatorRows;
}

/** Everything that turns pixels and tokens into rewards. Release it when done. */
export class RewardModel implements PromptModel {
  private constructor(
    readonly manifest: Manifest,
    readonly tokenizer: InternLm2Tokenizer,
    readonly decoder: TailScorer,
    readonly embeddings: EmbeddingTable,
    readonly sight: Sight | undefined,
    readonly weights: FileSource,
  ) {}

  /**
   * @param variants of the graphs, where the device can't run them as they are
   * @param open opens sessions: tests put a faulty device here
   * @throws AppError when the folder is not a model, or the runtime can't load it
   */
  static async load(
    folder: string,
    options: SessionOptions,
    variants: GraphVariants = FUSED,
    open: OpenSession = openSession,
  ): Promise<RewardModel> {
    const { manifest, tokenizer } = await loadPromptModel(folder);
    const { embeddings: table } = manifest.tables;
    const weights = await openFileSource(joinPath(folder, table.file));
    const opened: Session[] = [];
    const openGraph = async (
      source: GraphSource,
      stayOnDevice: readonly string[] = [],
    ): Promise<Session> => {
      const session = await open(source, { ...options, stayOnDevice });
      opened.push(session);
      return session;
    };
    try {
      const [vocab = 0, hidden = 0] = table.shape;
      if (vocab !== manifest.dims.vocab || hidden !== manifest.dims.hidden) {
        throw new AppError(
          'MODEL_INVALID',
          `${folder}: the embeddings have the shape [${table.shape.join(', ')}], ` +
            `the manifest says [${manifest.dims.vocab}, ${manifest.dims.hidden}]`,
          { folder },
        );
      }
      const device = options.device ?? 'cpu';
      const sight = await openSight(folder, manifest, async (name) => {
        const variant = name === GRAPH_NAMES.vision ? variants.vision : 'fused';
        return openGraph(await graphSource(folder, name, variant, device));
      });
      const decoder = await openDecoder(
        manifest,
        variants.decoder,
        device,
        async (variant, stayOnDevice) =>
          openGraph(await decoderSource(folder, variant, device), stayOnDevice),
      );
      const embeddings = new EmbeddingTable(weights, table.dtype, table.offset, vocab, hidden);
      return new RewardModel(manifest, tokenizer, decoder, embeddings, sight, weights);
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
    const { dims, tower } = requireSight(this);
    const feeds = { pixels: floatTensor(pixels, [1, 3, dims.tile, dims.tile]) };
    return floatData(await tower.run(feeds, ['features']), 'features');
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
    const { dims, projector, separators } = requireSight(this);
    const side = tokensPerSide(dims);
    const features = arrangeImageTokens(overview, tiles, grid, side, separators);
    const width = separators.rowEnd.length;
    const outputs = await projector.run(
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
      this.sight?.tower.release(),
      this.sight?.projector.release(),
      this.decoder.session.release(),
      this.weights.close(),
    ]);
  }
}

function requireSight({ sight }: RewardModel): Sight {
  if (sight === undefined) {
    throw new RangeError('this model has no vision tower');
  }
  return sight;
}

async function openDecoder(
  { dims }: Manifest,
  variant: GraphVariants['decoder'],
  device: Device,
  open: (variant: GraphVariant, stayOnDevice: readonly string[]) => Promise<Session>,
): Promise<TailScorer> {
  if (variant === 'packed') {
    return new PackedDecoder(await open('packed', []), dims, REWARD);
  }
  return variant === 'fused' && device === 'cpu'
    ? new InPlaceDecoder(await open('grouped', []), dims, REWARD)
    : new Decoder(await open(variant, presentNames(dims.layers)), dims, REWARD, variant);
}

async function openSight(
  folder: string,
  { dims, tables }: Manifest,
  open: (name: string) => Promise<Session>,
): Promise<Sight | undefined> {
  if (dims.vision === undefined || tables.separators === undefined) {
    return undefined;
  }
  return {
    dims: dims.vision,
    separators: {
      rowEnd: await readTable(folder, tables.separators.rowEnd),
      global: await readTable(folder, tables.separators.global),
    },
    tower: await open(GRAPH_NAMES.vision),
    projector: await open(GRAPH_NAMES.projector),
  };
}

async function readTable(folder: string, table: Table): Promise<Float32Array> {
  const source = await openFileSource(joinPath(folder, table.file));
  try {
    const sizeBytes = DTYPE_BYTES[table.dtype] * elementCount(table.shape);
    return toFloat32(await source.read(table.offset, sizeBytes), table.dtype);
  } finally {
    await source.close();
  }
}
