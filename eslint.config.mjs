// Lint for everything that is TypeScript or a script: types, habits, and who may import whom.
import tseslint from 'typescript-eslint';

/** Rooms by rank: a room imports only rooms of a strictly lower rank (CONTRIBUTING, "Rooms"). */
export const ROOM_RANKS = {
  base: 0,
  sample: 1,
  node: 1,
  protocol: 2,
  formats: 2,
  vision: 2,
  model: 2,
  scoring: 3,
  client: 4,
  review: 4,
  engine: 5,
  cli: 5,
  host: 5,
};

/** Rooms that may use Node's own modules. */
export const NODE_ROOMS = ['node', 'engine', 'cli', 'host'];

const rooms = Object.keys(ROOM_RANKS);

/** A pattern for relative imports that leave a file's room for one of `targets`. */
const into = (targets) => `^(\\.\\./)+(${targets.join('|')})(/|$)`;

const roomRules = (room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths:
          room === 'host' ? [] : [{ name: 'vscode', message: `src/${room} must not know vscode` }],
        patterns: [
          {
            regex: into(rooms.filter((r) => r !== room && ROOM_RANKS[r] >= ROOM_RANKS[room])),
            message: `src/${room} may not import this room`,
          },
          { regex: '/extension$', message: 'nothing imports the entry' },
          ...(room === 'model'
            ? []
            : [
                {
                  regex: '^onnxruntime',
                  message: 'only src/model/ortRuntime.ts touches the runtime',
                },
              ]),
          ...(NODE_ROOMS.includes(room)
            ? []
            : [{ regex: '^node:', message: `src/${room} has no Node modules: use src/node` }]),
        ],
      },
    ],
  },
});

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      '.vscode-test/**',
      'test-results/**',
      'node_modules/**',
      // AssemblyScript
      'src/vision/resizeKernel/assembly/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['src/tsconfig.json', 'webview/tsconfig.json', 'test/tsconfig.json'],
      },
    },
    rules: {
      curly: ['error', 'all'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // index access is checked by noUncheckedIndexedAccess; a typed-array read in a hot loop is cast
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/class-literal-property-style': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidOperator: true, ignoreArrowShorthand: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.base],
    rules: { curly: ['error', 'all'], eqeqeq: 'error' },
  },
  ...rooms.map(roomRules),
  {
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'src/(?!(protocol|sample|base)/)',
              message: 'the webview may import protocol, sample and base only',
            },
            { regex: '^node:', message: 'the webview runs in a browser' },
            {
              regex: '^@vscode/webview-ui-toolkit',
              message: 'controls come from webview/controls.ts',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['webview/controls.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
