import { execFileSync } from 'node:child_process';
import { createHash, generatePrimeSync } from 'node:crypto';
import { integer, nothing, oid, sequence, tlv } from '../../../fixtures/pki/der-writer';
import { createKey } from '../../../fixtures/pki/write-certificate';
import { describeCertificate, parseCertificate, sharedPrimes } from '../../../src/protocol/x509';
import { issueCa, issueLeaf, now } from './chain';

const prime = (bits: number): bigint => BigInt(`0x${Buffer.from(generatePrimeSync(bits)).toString('hex')}`);
const root = issueCa('root');

function withModulus(n: bigint, e = 65537n): ReturnType<typeof describeCertificate> {
  const spki = sequence(
    sequence(oid('1.2.840.113549.1.1.1'), nothing()),
    tlv(3, Uint8Array.of(0), sequence(integer(n), integer(e))),
  );
  const { der } = issueLeaf(root, { keyIds: false, replace: { spki } });
  return describeCertificate(parseCertificate(der), 0, now);
}

test('weaknesses of keys are facts of the certificate, and so is what could not be checked', () => {
  const p = prime(512);
  const q = prime(512);
  expect(withModulus(p * q).key).toMatchObject({ weaknesses: [], notChecked: ['debian'] });
  expect(withModulus(p * q, 1n).key.weaknesses).toEqual(['bad-exponent']);
  expect(withModulus(p * q * 2n).key.weaknesses).toContain('even-modulus');
  expect(withModulus(p * 7n).key.weaknesses).toContain('small-factor');
  expect(withModulus(p * (p + 2n)).key.weaknesses).toContain('close-primes');
  const ec = describeCertificate(parseCertificate(issueLeaf(root).der), 0, now);
  expect(ec.key).toMatchObject({ weaknesses: [], notChecked: [], modulus: null });
  const explicit = issueLeaf(root, { key: createKey({ kind: 'ec', explicit: true }), keyIds: false });
  expect(describeCertificate(parseCertificate(explicit.der), 0, now).key.weaknesses).toEqual([
    'explicit-curve',
  ]);
});

test("a key on a list of its size is one of Debian's, as openssl prints its modulus", () => {
  const { der, pem } = issueLeaf(root, { key: createKey({ kind: 'rsa', bits: 1024 }) });
  const printed = execFileSync('openssl', ['x509', '-noout', '-modulus'], { input: pem });
  const entry = createHash('sha1').update(printed).digest('hex').slice(-20);
  const look = (lists: ReadonlyMap<number, ReadonlySet<string>>): unknown => {
    const { weaknesses, notChecked } = describeCertificate(parseCertificate(der), 0, now, lists).key;
    return { weaknesses, notChecked };
  };
  expect(look(new Map([[1024, new Set([entry])]]))).toEqual({ weaknesses: ['debian'], notChecked: [] });
  expect(look(new Map([[1024, new Set(['0'.repeat(20)])]]))).toEqual({ weaknesses: [], notChecked: [] });
  // A list of another size says nothing.
  expect(look(new Map([[2048, new Set([entry])]]))).toEqual({ weaknesses: [], notChecked: ['debian'] });
});

test('keys that share a prime are found among keys that do not', () => {
  const [p, q, r, s, t] = [prime(512), prime(512), prime(512), prime(512), prime(512)];
  const hex = (n: bigint): string => n.toString(16);
  const [a, b, c] = [hex(p * q), hex(p * r), hex(s * t)];
  expect(sharedPrimes([c, a, c, b])).toEqual([[a, b]]);
  expect(sharedPrimes([a, a, c])).toEqual([]);
  expect(sharedPrimes(['', '0', '00'])).toEqual([]);
});
