/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.test.json' }] },
  testTimeout: 180_000,
  // Jest's default leaves one core idle, which on a machine of two is half of it.
  maxWorkers: '100%',
  // Of tests that say they can run side by side: they mostly wait for a deployment.
  maxConcurrency: 2,
  testSequencer: '<rootDir>/test/sequencer.cjs',
};
