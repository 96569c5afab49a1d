/*
 * The house rule of docs/architecture.md: arrows run one way, from cli down to common. A room imports only from the
 * rooms listed for it (and from itself); `.node` files are opened in src/native alone.
 */
const rooms = {
  common: [],
  native: ['common'],
  analysis: ['common', 'native'],
  rank: ['common'],
  lexical: ['common', 'native', 'analysis', 'rank'],
  vector: ['common', 'native', 'rank'],
  encoder: ['common'],
  dataset: ['common', 'rank'],
  metrics: ['common', 'rank'],
  results: ['common', 'rank'],
  report: ['common', 'results'],
  audit: ['common', 'native', 'dataset'],
  build: ['common', 'native', 'analysis', 'rank', 'lexical', 'vector', 'encoder', 'dataset'],
  evaluation: ['common', 'native', 'analysis', 'rank', 'lexical', 'vector', 'encoder', 'dataset', 'metrics', 'results'],
  cli: ['.*'],
};

const oneWay = Object.entries(rooms).map(([room, below]) => ({
  name: `${room}-imports-only-from-below`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-imports-the-cli', severity: 'error', from: { pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
    {
      name: 'node-files-only-from-native',
      severity: 'error',
      from: { pathNot: '^src/native/' },
      to: { path: '\\.node$' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: 'tfjs-node|faiss-node' },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^src' },
      // universal-sentence-encoder cannot be an optional peer: its own peer, TensorFlow.js 3, contradicts ours, and npm
      // would refuse to install this package.
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm-peer'],
        pathNot: '@tensorflow-models/universal-sentence-encoder',
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'types', 'default'], exportsFields: ['exports'] },
  },
};
