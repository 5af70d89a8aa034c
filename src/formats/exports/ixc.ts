// The training format of IXC-2.5-Reward (InternLM/InternLM-XComposer:
// InternLM-XComposer-2.5-Reward/training/README.md, data_mix.py, finetune.py).

import { MEDIA_PLACEHOLDER, type Role, type Sample } from '../../sample/sample';
import { leftOut, rowPerPair, type PairFormat, type RowFile } from './pairFormat';
import { literalTag, placeMedia, withTags, type PlacedTurn } from './placedMedia';

const SPEAKERS: Readonly<Record<Role, string>> = {
  system: 'system',
  user: 'human',
  assistant: 'bot',
};

export const ixc: PairFormat = {
  container: 'array',
  isTable: false,
  embeds: false,
  folder: {
    parts: ['text', 'image'],
    fileName: (dataset, part, isTest) => `${dataset}_${part}${isTest ? '_test' : ''}.json`,
    listName: (isTest) => (isTest ? 'data_test.txt' : 'data.txt'),
    list: (existing, files, gone) =>
      files.reduce(withFile, gone.reduce(withoutFile, existing ?? '')),
  },
  toRows: rowPerPair(({ sample, chosen, rejected }, { mediumOf }) => {
    if (sample.videos.length > 0) {
      return leftOut('the trainer of IXC-2.5-Reward opens images only, not videos');
    }
    const placed = placeMedia(sample);
    if (!placed.ok) {
      return placed;
    }
    if (literalTag([chosen.text, rejected.text], [MEDIA_PLACEHOLDER]) !== undefined) {
      return leftOut(`an answer holds ${MEDIA_PLACEHOLDER}, which the trainer takes for an image`);
    }
    const prompt = placed.turns.map((turn, n) => ({
      from: SPEAKERS[turn.role],
      value: turnText(sample, turn, n),
    }));
    const conversation = (value: string): object => [
      ...prompt,
      { from: SPEAKERS[sample.candidateRole], value },
    ];
    const images = sample.images.map((image) => mediumOf(image).path);
    const [image, ...others] = images;
    // the trainer tells from the first row of a file whether all of its rows have images
    const part = image === undefined ? 'text' : 'image';
    const row = {
      id: sample.id,
      conversations_a: conversation(chosen.text),
      conversations_b: conversation(rejected.text),
      ...(image === undefined ? {} : { image: others.length === 0 ? image : images }),
    };
    return { ok: true, row, part };
  }),
};

/**
 * One image has no mark at the start: the trainer puts it before all text. Several that the text
 * does not place are numbered.
 */
function turnText({ images, messages }: Sample, turn: PlacedTurn, n: number): string {
  const [first, ...rest] = turn.pieces;
  const isFirst = messages.findIndex(({ role }) => role === 'user') === n;
  const leads = isFirst && typeof first === 'object';
  if (leads && images.length === 1) {
    const text = withTags({ ...turn, pieces: rest }, () => MEDIA_PLACEHOLDER);
    return isMarkedIn(messages[n]?.content) ? text.replace(/^\r?\n/, '') : text;
  }
  if (leads && !isMarkedIn(messages[n]?.content)) {
    const marks = images.map((_, at) => `Image${at + 1} ${MEDIA_PLACEHOLDER}; `);
    return marks.join('') + turn.pieces.filter((piece) => typeof piece === 'string').join('');
  }
  return withTags(turn, () => MEDIA_PLACEHOLDER);
}

function isMarkedIn(content: string | undefined): boolean {
  return content?.includes(MEDIA_PLACEHOLDER) === true;
}

/** A line of the list: path, then thousands of rows for an epoch. Paths hold no spaces. */
function withFile(list: string, { name, rows }: RowFile): string {
  return `${withoutFile(list, name)}./${name} ${thousands(rows)}\n`;
}

function withoutFile(list: string, name: string): string {
  const others = list
    .split('\n')
    .filter((line) => line.trim() !== '' && line.split(' ')[0] !== `./${name}`);
  return others.map((line) => `${line}\n`).join('');
}

/** The trainer multiplies by 1000 and cuts off what is not whole: that must give all rows. */
function thousands(rows: number): number {
  const exact = rows / 1000;
  return Math.trunc(exact * 1000) === rows ? exact : (rows + 0.5) / 1000;
}
