const Sequencer = require('@jest/test-sequencer').default;

/** Tests that start whole deployments over and over; what takes longest must not begin last. */
const longest = [
  'detection/weaknesses-even.test.ts',
  'detection/weaknesses-odd.test.ts',
  'detection/rest-mutants.test.ts',
  'detection/smoke.test.ts',
  'e2e/exit-codes.test.ts',
  'e2e/demo.test.ts',
  'e2e/determinism.test.ts',
  'fixtures/weaknesses.test.ts',
  'e2e/plan-promise.test.ts',
  'detection/sound.test.ts',
  'report/browser.test.ts',
  'collect/api/canary/write-isolation.test.ts',
  'collect/api/canary/plant.test.ts',
];

/** On a machine that has not run the tests before, Jest knows their size but not how long they take. */
module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const index = longest.findIndex((name) => path.endsWith(name));
      return index === -1 ? longest.length : index;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
};
