import { X509Certificate } from 'node:crypto';
import { createKey, issueCertificate, type Key, type KeyKind } from '../fixtures/pki/write-certificate';
import { describeCertificate, lintCertificate, parseCertificate, validatePath } from '../src/protocol/x509';

// CPU milliseconds a certificate, beside what node:crypto does with it: npx tsc && node dist/bench/x509.js [count]
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
  for (const [what, ms] of Object.entries(rows))
    process.stdout.write(`${name.padEnd(10)} ${ms.toFixed(3)} ms  ${what}\n`);
}

run('EC P-256', { kind: 'ec' }, 50);
run('RSA-2048', { kind: 'rsa' }, 3);
