import { DerError } from '../../../src/protocol/x509';
import { accepted, type LimboCase, profileOf, readLimbo, runLimbo } from './limbo';

// Every disagreement with the suite, and why it stands.
const disagreements: Readonly<Record<string, string>> = {
  'webpki::san::leftmost-wildcard-san':
    'Its common name "example.com" is not among the alternative names, which BR 7.1.4.3 forbids and the cases webpki::cn::* want refused.',
};

const sample = readLimbo();
if (sample === null) {
  process.stdout.write('skipped: ../shared/data/limbo-sample.json.gz is not there\n');
  test.skip('x509-limbo sample', () => undefined);
} else {
  const cases: readonly LimboCase[] = sample;

  test('x509-limbo: no false accept, and every disagreement is one that is known', () => {
    const wrong: string[] = [];
    let slowest = 0;
    for (const item of cases) {
      const start = process.cpuUsage();
      const result = runLimbo(item, profileOf(item.id));
      const { user, system } = process.cpuUsage(start);
      slowest = Math.max(slowest, (user + system) / 1000);
      const outcome = accepted(result) ? 'SUCCESS' : 'FAILURE';
      if (outcome === item.expected_result) continue;
      expect(`${item.id} ${outcome}`).toBe(`${item.id} FAILURE`);
      wrong.push(item.id);
    }
    expect(wrong.sort()).toEqual(Object.keys(disagreements).sort());
    expect(slowest).toBeLessThan(1000);
    process.stdout.write(
      `x509-limbo: ${String(cases.length - wrong.length)} of ${String(cases.length)} agree, slowest ${slowest.toFixed(0)} ms CPU\n`,
    );
  });

  test('x509-limbo: the profile that the product uses accepts nothing that breaks RFC 5280 §6', () => {
    const path = cases.filter(({ id }) => !/^(rfc5280|webpki)::/.test(id));
    for (const item of path) {
      const result = runLimbo(item, 'private-pki');
      const detail = result instanceof DerError ? result.message : result.detail;
      expect([item.id, accepted(result) ? 'SUCCESS' : 'FAILURE', detail]).toEqual([
        item.id,
        item.expected_result,
        detail,
      ]);
    }
  });
}
