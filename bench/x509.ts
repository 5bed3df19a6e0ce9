import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../fixtures/pki/der-writer';
import { createKey, issueCertificate, type Key, type KeyKind } from '../fixtures/pki/write-certificate';
import { describeCertificate, lintCertificate, parseCertificate, validatePath } from '../src/protocol/x509';
import { weaknessesOf } from '../src/protocol/x509/weaknesses';

// CPU milliseconds a certificate, beside what node:crypto and openssl verify do with it: npx tsc && node dist/bench/x509.js [count]
const count = Number(process.argv[2] ?? '2000');
const now = new Date();
const dates = {
  notBefore: new Date(now.getTime() - 86_400_000),
  notAfter: new Date(now.getTime() + 86_400_000),
};

/** CPU milliseconds for each of `count` calls, the better of two rounds. */
function measure(work: (i: number) => unknown): number {
  const round = (): number => {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i += 1) work(i);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / count;
  };
  return Math.min(round(), round());
}

function run(name: string, kind: KeyKind, kinds: number): void {
  const key = createKey(kind);
  const root = issueCertificate({
    ...dates,
    subject: 'CN=root',
    key,
    ca: true,
    keyUsage: ['keyCertSign'],
    keyIds: true,
  });
  const keys: Key[] = Array.from({ length: kinds }, () => createKey(kind));
  const ders = Array.from({ length: count }, (_, i) => {
    const own = keys[i % kinds] ?? key;
    const host = `host${String(i)}.example.com`;
    const san = { dns: [host, '*.example.com'], ip: ['10.0.0.1'] };
    return issueCertificate({
      ...dates,
      subject: `CN=${host}`,
      key: own,
      issuer: root,
      san,
      keyIds: true,
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['serverAuth'],
    }).der;
  });
  const at = (i: number): Uint8Array => ders[i] ?? new Uint8Array();
  const anchors = [parseCertificate(root.der)];
  const trusted = new X509Certificate(root.der);
  const rows: Record<string, number> = {
    'parse and describe': measure((i) => describeCertificate(parseCertificate(at(i)), 0, now)),
    'node: parse and read subject, SAN, dates': measure((i) => {
      const { subject, subjectAltName, validTo, fingerprint256 } = new X509Certificate(at(i));
      return [subject, subjectAltName, validTo, fingerprint256];
    }),
    'parse and lint': measure((i) => lintCertificate(parseCertificate(at(i)))),
    'parse and validate with host (rfc5280)': measure((i) => {
      const leaf = parseCertificate(at(i));
      const result = validatePath({
        leaf,
        intermediates: [],
        anchors,
        at: now,
        host: 'a.example.com',
        purpose: 'serverAuth',
        profile: 'rfc5280',
      });
      if (!result.anchored) throw new Error(result.detail ?? '');
    }),
    'node: parse, checkIssued, verify, checkHost': measure((i) => {
      const leaf = new X509Certificate(at(i));
      if (
        !leaf.checkIssued(trusted) ||
        !leaf.verify(trusted.publicKey) ||
        leaf.checkHost('a.example.com') === undefined
      )
        throw new Error();
    }),
  };
  rows['openssl verify, one process for all'] = opensslVerify(ders, root.pem);
  for (const [what, ms] of Object.entries(rows))
    process.stdout.write(`${name.padEnd(10)} ${ms.toFixed(3)} ms  ${what}\n`);
}

/** CPU milliseconds a certificate of `openssl verify`, its start included, as the shell counts its children. */
function opensslVerify(ders: readonly Uint8Array[], rootPem: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  try {
    writeFileSync(join(folder, 'root.pem'), rootPem);
    for (const [i, der] of ders.entries()) writeFileSync(join(folder, `${String(i)}.crt`), toPem(der));
    const script = 'openssl verify -purpose sslserver -CAfile root.pem *.crt >/dev/null; times';
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    // The second line is the children: user and system time, as minutes and seconds.
    const times = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
    const seconds = times.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
    return (seconds * 1000) / ders.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** CPU milliseconds a distinct key of all tests for known weaknesses, with a list of Debian's to look it up in. */
function weakKeys(bits: number, kinds: number): void {
  const keys = Array.from({ length: kinds }, () => {
    const { der } = issueCertificate({ ...dates, subject: 'CN=key', key: createKey({ kind: 'rsa', bits }) });
    return parseCertificate(der).key;
  });
  const entries = new Set(Array.from({ length: 200_000 }, (_, i) => i.toString(16).padStart(20, '0')));
  const start = process.cpuUsage();
  // A list of its own each time: nothing is remembered from the round before.
  for (let round = 0; round < 10; round += 1) {
    const lists = new Map([[bits, entries]]);
    for (const each of keys) weaknessesOf(each, lists);
  }
  const { user, system } = process.cpuUsage(start);
  process.stdout.write(
    `RSA-${String(bits)}   ${((user + system) / 10_000 / kinds).toFixed(3)} ms  weak-key tests\n`,
  );
}

run('EC P-256', { kind: 'ec' }, 50);
run('RSA-2048', { kind: 'rsa' }, 3);
weakKeys(2048, 5);
weakKeys(4096, 2);
process.stdout.write(
  `load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}\n`,
);
