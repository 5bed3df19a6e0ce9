const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.test.json' }] },
  // A bound on what hangs, not on what a loaded machine takes longer for.
  testTimeout: 600_000,
  // More than there are cores: tests that run the program as a user does wait for half of their time.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // Of tests that say they can run side by side: they mostly wait for a deployment.
  maxConcurrency: 2,
  testSequencer: '<rootDir>/test/sequencer.cjs',
};
