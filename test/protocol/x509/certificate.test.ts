import { X509Certificate } from 'node:crypto';
import { toPem } from '../../../fixtures/pki/der-writer';
import { createKey, issueCertificate } from '../../../fixtures/pki/write-certificate';
import type { CertificateFacts } from '../../../src/model/tls-endpoint';
import {
  describeCertificate,
  matchHost,
  parseCertificate,
  readCertificates,
  validatePath,
} from '../../../src/protocol/x509';

const day = 86_400_000;
const now = new Date();
const dates = { notBefore: new Date(now.getTime() - day), notAfter: new Date(now.getTime() + 10 * day) };

// What Cloudify's own generator writes: no extensions in a leaf but a SAN with each address twice, a CA without keyUsage.
const caKey = createKey({ kind: 'rsa' });
const ca = issueCertificate({
  ...dates,
  subject: 'CN=Cloudify generated certificate abcdefgh',
  key: caKey,
  ca: { ca: true, critical: false },
});
const leaf = issueCertificate({
  ...dates,
  subject: 'CN=manager1.example.com,O=A\u00e4',
  key: createKey({ kind: 'rsa' }),
  issuer: ca,
  san: {
    dns: ['manager1.example.com', '10.0.0.1', '10.0.0.2', '*.wild.example.com'],
    ip: ['10.0.0.1', '2001:db8::1'],
  },
});

test('a certificate is read as node:crypto reads it', () => {
  const certificate = parseCertificate(leaf.der);
  const node = new X509Certificate(leaf.der);
  const facts: CertificateFacts = describeCertificate(certificate, 0, now);
  expect(certificate.faults).toEqual([]);
  expect(facts.sha256).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(facts.serial).toBe(node.serialNumber.toLowerCase());
  expect(Date.parse(facts.notBefore)).toBe(Date.parse(node.validFrom));
  expect(Date.parse(facts.notAfter)).toBe(Date.parse(node.validTo));
  expect(facts).toMatchObject({
    subject: 'CN=manager1.example.com,O=A\u00e4',
    issuer: 'CN=Cloudify generated certificate abcdefgh',
    daysToExpiry: 10,
    lifetimeDays: 11,
    hasStarted: true,
    hasEnded: false,
    selfIssued: false,
    selfSigned: false,
    signatureHash: 'sha256',
    key: { algorithm: 'rsa', bits: 2048, curve: null },
    basicConstraintsCa: null,
    keyUsage: null,
    extendedKeyUsage: null,
    sanIp: ['10.0.0.1', '2001:db8::1'],
  });
  const early = new Date(dates.notBefore.getTime() - 2000);
  expect(describeCertificate(certificate, 0, early)).toMatchObject({ hasStarted: false, hasEnded: false });
  const late = new Date(dates.notAfter.getTime() + 2000);
  expect(describeCertificate(certificate, 0, late)).toMatchObject({ hasEnded: true, daysToExpiry: -1 });
  expect(describeCertificate(parseCertificate(ca.der), 1, now)).toMatchObject({
    selfSigned: true,
    basicConstraintsCa: true,
  });
});

test.each([
  ['manager1.example.com', 'dns'],
  ['MANAGER1.example.com.', 'dns'],
  ['10.0.0.1', 'ip'],
  ['10.0.0.2', 'ip-as-dns'],
  ['2001:0db8:0:0::1', 'ip'],
  ['[2001:db8::1]', 'ip'],
  ['a.wild.example.com', 'dns'],
  ['a.b.wild.example.com', 'none'],
  ['wild.example.com', 'none'],
  ['other.example.com', 'none'],
  ['10.0.0.1.', 'none'],
  ['010.0.0.1', 'none'],
])('%s is covered by %s', (host, match) => {
  expect(matchHost(parseCertificate(leaf.der), host)).toBe(match);
});

test('the chain that Cloudify generates is accepted, and refused for each reason a client would', () => {
  const input = {
    leaf: parseCertificate(leaf.der),
    intermediates: [],
    anchors: [parseCertificate(ca.der)],
    at: now,
    host: '10.0.0.1',
    purpose: 'serverAuth' as const,
    profile: 'private-pki' as const,
  };
  expect(validatePath(input)).toMatchObject({ anchored: true, failure: null, detail: null, path: [{}, {}] });
  expect(validatePath({ ...input, host: '10.0.0.2' })).toMatchObject({
    failure: 'other',
    code: 'host-mismatch',
  });
  expect(validatePath({ ...input, at: new Date(now.getTime() + 11 * day) })).toMatchObject({
    failure: 'expired',
  });
  expect(validatePath({ ...input, at: new Date(now.getTime() - 2 * day) })).toMatchObject({
    failure: 'not-yet-valid',
  });
  expect(validatePath({ ...input, at: new Date(NaN) })).toMatchObject({ anchored: false });
  expect(validatePath({ ...input, anchors: [] })).toMatchObject({ failure: 'incomplete', anchored: false });
  const impostor = issueCertificate({
    ...dates,
    subject: 'CN=Cloudify generated certificate abcdefgh',
    key: createKey({ kind: 'ec' }),
    ca: true,
  });
  expect(validatePath({ ...input, anchors: [parseCertificate(impostor.der)] })).toMatchObject({
    failure: 'bad-signature',
  });
});

test('PEM with junk, several certificates, and DER are found; a private key is only named', () => {
  const pem = Buffer.from(
    `junk\n${leaf.pem}\r\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${ca.pem.replaceAll('\n', '\r\n')}tail`,
  );
  const read = readCertificates(pem);
  expect(read.certificates.map((der) => parseCertificate(der).sha256)).toEqual(
    [leaf, ca].map(({ der }) => parseCertificate(der).sha256),
  );
  expect(read.problems).toEqual(['block 2: private key, not a certificate']);
  expect(readCertificates(Buffer.concat([leaf.der, ca.der])).certificates).toHaveLength(2);
  expect(readCertificates(Buffer.from(leaf.pem.slice(0, 300)))).toEqual({
    certificates: [],
    problems: ['block 1: has no END line'],
  });
  const extended = toPem(Buffer.concat([leaf.der, Buffer.from('more')]));
  expect(readCertificates(Buffer.from(extended))).toMatchObject({
    certificates: [{}],
    problems: ['block 1: data after the end of its content'],
  });
  expect(readCertificates(Buffer.from(extended.replaceAll('CERT', 'TRUSTED CERT'))).problems).toEqual([]);
  expect(readCertificates(Buffer.from('hello'))).toEqual({
    certificates: [],
    problems: ['neither PEM nor DER'],
  });
});
