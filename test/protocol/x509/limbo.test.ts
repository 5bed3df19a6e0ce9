import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accepted, type LimboCase, profileOf, readLimbo, runLimbo } from '../../../bench/limbo-cases';

// Every disagreement with the suite, and why it stands.
const disagreements: Readonly<Record<string, string>> = {
  'webpki::nc::nc-permits-dns-san-pattern': 'As below.',
  'webpki::san::exact-localhost-ip-san': 'As below.',
  'webpki::san::leftmost-wildcard-san':
    'Its common name "example.com" is not among the alternative names, which BR 7.1.4.3 forbids and the cases webpki::cn::* want refused.',
};

// Another suite file, e.g. the whole of limbo.json: CFY_AUDIT_LIMBO=FILE npx jest test/protocol/x509/limbo
const file = process.env.CFY_AUDIT_LIMBO ?? join(__dirname, '../../../../shared/data/limbo-sample.json.gz');
if (!existsSync(file)) {
  process.stdout.write('skipped: ../shared/data/limbo-sample.json.gz is not there\n');
  test.skip('x509-limbo sample', () => undefined);
} else {
  const cases: readonly LimboCase[] = readLimbo(file);

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
    expect(wrong.filter((id) => !(id in disagreements))).toEqual([]);
    expect(slowest).toBeLessThan(1000);
    process.stdout.write(
      `x509-limbo: ${String(cases.length - wrong.length)} of ${String(cases.length)} agree, slowest ${slowest.toFixed(0)} ms CPU\n`,
    );
  });

  test('x509-limbo: the profile that the product uses accepts nothing that breaks RFC 5280 §6', () => {
    const path = cases.filter(({ id }) => !/^(rfc5280|webpki)::/.test(id));
    const wrong: string[] = [];
    for (const item of path) {
      const outcome = accepted(runLimbo(item, 'private-pki')) ? 'SUCCESS' : 'FAILURE';
      if (outcome !== item.expected_result) wrong.push(`${item.id} ${outcome}`);
    }
    expect(wrong.filter((line) => !known.includes(line))).toEqual([]);
  });
}

// OpenSSL, asked about each of these, refuses them too: it holds common names against constraints on DNS names, and tries one
// issuer of a name alone.
const refusedByOpenSsl: readonly string[] = [
  ...['tc5230', 'tc5245', 'tc5254', 'tc5928', 'tc5937', 'tc5947', 'tc7405'].map(
    (id) => `bettertls::nameconstraints::${id} FAILURE`,
  ),
  ...['tc2', 'tc23', 'tc30', 'tc33', 'tc56', 'tc59', 'tc63', 'tc68'].map(
    (id) => `bettertls::pathbuilding::${id} FAILURE`,
  ),
];

// OpenSSL takes CRLs without a number, and no server certificate whose keyUsage allows no handshake.
const known: readonly string[] = [
  ...refusedByOpenSsl,
  'crl::crlnumber-missing SUCCESS',
  'crl::crlnumber-critical SUCCESS',
  'pathlen::validation-ignores-pathlen-in-leaf FAILURE',
];
