// Entry of the `rewardlens` command: arguments to commands, commands to exit codes.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../../package.json';
import { EXPORT_FORMATS } from '../formats/exportFormats';
import { MEDIA_MODES } from '../review/exportMedia';
import { FETCH_VARIABLE } from '../node/fetchedMedia';
import { PAIR_POLICIES } from '../sample/pair';
import { DEVICE_CHOICES } from '../sample/device';
import { CHECKS, type Check } from '../sample/explanation';
import { COMPAT_MODES } from '../sample/reward';
import { DEFAULT_SCORE_OPTIONS, FRAME_LABEL_MODES } from '../sample/scorer';
import { DEFAULT_LEARN_SETTINGS } from '../sample/headFacts';
import { convertCommand, type ConvertFlags } from './commands/convert';
import { doctorCommand, type DoctorFlags } from './commands/doctor';
import { exportCommand, type ExportFlags } from './commands/export';
import { explainCommand, type ExplainFlags } from './commands/explain';
import { headFitCommand, type HeadFitFlags } from './commands/head';
import { inspectCommand, type InspectFlags } from './commands/inspect';
import { scoreCommand, type ScoreFlags } from './commands/score';
import { withSession } from './session';
import { EXIT } from './terminal';

function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('must be a whole number above 0');
  }
  return value;
}

function toIndex(text: string): number {
  return text.trim() === '0' ? 0 : toCount(text);
}

function toFolds(text: string): number {
  const value = toCount(text);
  if (value < 2) {
    throw new InvalidArgumentError('must be at least 2');
  }
  return value;
}

function toChecks(text: string): readonly Check[] {
  const names = text.split(',').map((name) => name.trim());
  const checks = CHECKS.filter((check) => names.includes(check));
  if (names.length === 0 || checks.length !== new Set(names).size) {
    throw new InvalidArgumentError(`must be some of ${CHECKS.join(',')}`);
  }
  return checks;
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('must be a number');
  }
  return value;
}

function toRatio(text: string): number {
  const value = toNumber(text);
  if (value <= 0) {
    throw new InvalidArgumentError('must be above 0');
  }
  return value;
}

function toFraction(text: string): number {
  const value = toNumber(text);
  if (value < 0 || value >= 1) {
    throw new InvalidArgumentError('must be at least 0 and below 1');
  }
  return value;
}

function createProgram(finish: (code: number) => void): Command {
  const program = new Command('rewardlens')
    .description('Rewards for the answers of vision-language models, on this machine')
    .version(version)
    .option('--verbose', 'show the log')
    .exitOverride();
  const verbose = (): boolean => program.opts<{ verbose?: boolean }>().verbose === true;
  const model = (): Option =>
    new Option('--model <dir>', 'model folder (else REWARDLENS_MODEL, else the bundled one)');
  const device = (): Option =>
    new Option('--device <name>', 'where to compute; auto takes the best one that works')
      .choices(DEVICE_CHOICES)
      .default('auto');
  const mediaRoot = (): Option =>
    new Option('--media-root <dir>', 'folder of images and videos (else that of the file)');
  const fetchMedia = (): Option =>
    new Option(
      '--fetch-media',
      'fetch images and videos that are named by http or https addresses',
    );
  const head = (): Option =>
    new Option('--head <file>', 'score head made by `rewardlens head fit`, for rewards of its own');
  const mapping = (): Option =>
    new Option('--mapping <file>', 'JSON that names the columns, for rows of no known format');
  const compat = (): Option =>
    new Option('--compat <mode>', 'reference reproduces the published code with its quirks')
      .choices(COMPAT_MODES)
      .default('safe');
  const frameLabels = (): Option =>
    new Option('--frame-labels <mode>', 'numbers on the sheets of videos, in a free font')
      .choices(FRAME_LABEL_MODES)
      .default(DEFAULT_SCORE_OPTIONS.frameLabels);
  const hdNum = (): Option =>
    new Option('--hd-num <n>', 'most tiles per image (default 24)').argParser(toCount);
  const maxLength = (): Option =>
    new Option('--max-length <n>', 'most tokens per conversation (default 16384)').argParser(
      toCount,
    );

  program.hook('preAction', (_, command) => {
    if (command.opts<{ fetchMedia?: boolean }>().fetchMedia === true) {
      process.env[FETCH_VARIABLE] = '1'; // the engine gets it, too
    }
  });
  program
    .command('score')
    .description('rewards for every sample')
    .argument('<file...>', 'candidate files (*.candidates.jsonl)')
    .addOption(model())
    .addOption(device())
    .addOption(head())
    .addOption(mediaRoot())
    .addOption(fetchMedia())
    .addOption(mapping())
    .option(
      '--out <file>',
      'write JSON Lines there; *.csv: a table; *.parquet: a table, or the parquet file scored with a column of rewards',
    )
    .addOption(hdNum())
    .addOption(maxLength())
    .addOption(compat())
    .addOption(frameLabels())
    .option('--stats <file>', 'write tokens and milliseconds of every sample there')
    .option('--resume', 'go on after the rows that an interrupted run left (JSON Lines)')
    .option('--table', 'print a table also when the output is not a terminal')
    .action(async (files: string[], flags: ScoreFlags) => {
      finish(await withSession(verbose(), (session) => scoreCommand(session, files, flags)));
    });

  program
    .command('inspect')
    .description('what the model sees, one JSON line per sample and candidate')
    .argument('<file...>', 'candidate files (*.candidates.jsonl)')
    .addOption(model())
    .addOption(mediaRoot())
    .addOption(fetchMedia())
    .addOption(mapping())
    .addOption(compat())
    .addOption(frameLabels())
    .addOption(hdNum())
    .addOption(maxLength())
    .action(async (files: string[], flags: InspectFlags) => {
      finish(await withSession(verbose(), (session) => inspectCommand(session, files, flags)));
    });

  program
    .command('explain')
    .description('why answers have their rewards, one JSON line per answer and check')
    .argument('<file>', 'candidate file (*.candidates.jsonl)')
    .option('--line <n>', 'the sample on this line, from 1 (else all)', toCount)
    .option('--candidate <i>', 'this answer, from 0 (else all)', toIndex)
    .addOption(
      new Option('--checks <names>', `some of ${CHECKS.join(',')}`)
        .argParser(toChecks)
        .default(CHECKS, 'all'),
    )
    .addOption(model())
    .addOption(device())
    .addOption(head())
    .addOption(mediaRoot())
    .addOption(fetchMedia())
    .addOption(compat())
    .addOption(frameLabels())
    .addOption(hdNum())
    .addOption(maxLength())
    .action(async (file: string, flags: ExplainFlags) => {
      finish(await withSession(verbose(), (session) => explainCommand(session, file, flags)));
    });

  program
    .command('head')
    .description('score heads that learn from verdicts')
    .command('fit')
    .description('fit one to the pairs that people ranked, beside the published head')
    .argument('<file...>', 'reviewed datasets')
    .requiredOption('--out <file>', 'head file to write (JSON), for --head')
    .option('--journal <dir>', 'folder of the verdict journals (else beside each dataset)')
    .option('--by <name>', 'only this person’s verdicts (else everybody’s)')
    .addOption(
      new Option('--folds <n>', 'parts of the prompts, each of which is held out once')
        .argParser(toFolds)
        .default(DEFAULT_LEARN_SETTINGS.folds),
    )
    .addOption(
      new Option('--l2 <x>', 'pull towards the published head, the same for every model')
        .argParser(toRatio)
        .default(DEFAULT_LEARN_SETTINGS.l2),
    )
    .addOption(
      new Option('--seed <n>', 'of the division into folds')
        .argParser(toIndex)
        .default(DEFAULT_LEARN_SETTINGS.seed),
    )
    .addOption(model())
    .addOption(device())
    .addOption(mediaRoot())
    .addOption(fetchMedia())
    .addOption(mapping())
    .addOption(compat())
    .addOption(frameLabels())
    .addOption(hdNum())
    .addOption(maxLength())
    .action(async (files: string[], flags: HeadFitFlags) => {
      finish(await withSession(verbose(), (session) => headFitCommand(session, files, flags)));
    });

  program
    .command('convert')
    .description('Hugging Face checkpoint to model folder')
    .argument('<checkpoint-dir>', 'folder with config.json, tokenizer.model and weights')
    .requiredOption('--out <dir>', 'folder to make')
    .addOption(
      new Option('--precision <name>', 'number format of the weights')
        .choices(['fp32', 'fp16', 'int8', 'int4'])
        .makeOptionMandatory(),
    )
    .action(async (checkpoint: string, flags: ConvertFlags) => {
      finish(await withSession(verbose(), (session) => convertCommand(session, checkpoint, flags)));
    });

  program
    .command('export')
    .description('preference pairs for trainers')
    .argument('<file...>', 'candidate files (*.candidates.jsonl)')
    .addOption(
      new Option('--format <name>', 'layout of the output')
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'file to write; a folder for llamafactory-* and ixc')
    .addOption(
      new Option('--from <source>', 'where preferences come from')
        .choices(['verdicts', 'rewards'])
        .default('verdicts'),
    )
    .option(
      '--rewards <file>',
      'score sheet (JSON Lines, CSV, parquet): where rewards are; with verdicts, for margins and --min-margin',
    )
    .option(
      '--journal-folder <dir>',
      'folder of the verdict journals, as in the setting rewardlens.review.journalFolder (else beside each file)',
    )
    .addOption(
      new Option('--pairs <policy>', 'pairs per sample')
        .choices(PAIR_POLICIES)
        .default('best-worst'),
    )
    .addOption(
      new Option(
        '--min-margin <x>',
        'least difference of rewards (pairs by rewards: above 0)',
      ).argParser(toNumber),
    )
    .addOption(
      new Option(
        '--max-length-ratio <r>',
        'most characters of the chosen answer for one of the rejected answer',
      ).argParser(toRatio),
    )
    .addOption(
      new Option(
        '--test-fraction <f>',
        'share of prompts for a test split (PATH.test.jsonl, or *_test in a folder)',
      )
        .argParser(toFraction)
        .default(0),
    )
    .option('--dedupe', 'the same prompt, media and answers give one pair')
    .option('--ties', 'answers that share a place give a pair in each direction')
    .addOption(
      new Option('--media <mode>', 'paths to media, copies beside the rows, or content inside them')
        .choices(MEDIA_MODES)
        .default('relative'),
    )
    .addOption(mediaRoot())
    .addOption(fetchMedia())
    .addOption(mapping())
    .action(async (files: string[], flags: ExportFlags) => {
      finish(await withSession(verbose(), (session) => exportCommand(session, files, flags)));
    });

  program
    .command('doctor')
    .description('versions, devices, model, ffmpeg, and a timed self-test')
    .option('--json', 'as JSON')
    .addOption(model())
    .addOption(device())
    .action(async (flags: DoctorFlags) => {
      finish(await withSession(verbose(), (session) => doctorCommand(session, flags)));
    });
  return program;
}

async function main(): Promise<void> {
  try {
    await createProgram((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    // --help and --version end the same way, with 0
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

// a reader that goes away early, such as `head`, is not a failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.nothing);
});

void main();
