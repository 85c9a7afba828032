/** @actions/* and what they use are ESM only, so the transform has to reach into them. */
const esm = [
  '@actions/',
  '@octokit/',
  'before-after-hook/',
  'content-type/',
  'fast-content-type-parse/',
  'json-with-bigint/',
  'universal-user-agent/',
]

const common = {
  testEnvironment: 'node',
  transform: {
    '\\.(t|j|mj)s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esm.join('|')}))`],
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/__tests__/fast-check.js',
    '^(@actions/(?:workflow-parser|expressions))$': '<rootDir>/node_modules/$1/dist/index.js',
    '^@actions/(workflow-parser|expressions)/(.+)$': '<rootDir>/node_modules/@actions/$1/dist/$2',
    '^(@actions/[a-z-]+)$': '<rootDir>/node_modules/$1',
    '^(@actions/[a-z-]+/lib/[a-z-]+)$': '<rootDir>/node_modules/$1.js',
  },
  extensionsToTreatAsEsm: [],
}
const project = (name) => ({
  ...common,
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/__tests__/${name}/**/*.test.ts`],
})

module.exports = {
  testSequencer: './__tests__/sequencer.js',
  projects: [project('unit'), project('integration'), project('e2e')],
}
