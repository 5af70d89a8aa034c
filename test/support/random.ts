// Random numbers that come again: the same seed, the same sequence.

export { seededRandom } from '../../src/base/seededRandom';
