import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { keyPem, type Issued } from '../../../fixtures/pki/write-certificate';
import {
  DerError,
  type OcspResponse,
  parseOcsp,
  type PathInput,
  parseCertificate,
} from '../../../src/protocol/x509';
import { day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-ocsp-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const root = issueCa('root');
const stranger = issueCa('root', undefined, { key: keyOf('stranger') });
const leaf = issueLeaf(root);
const delegate = (issuer: Issued, purpose: string): Issued =>
  issueLeaf(issuer, {
    subject: 'CN=responder',
    key: keyOf('responder'),
    extendedKeyUsage: [purpose],
    san: undefined,
  });

const put = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** A response of `openssl ocsp` about the leaf, from its own index file. */
function respond(
  status: 'good' | 'revoked' | 'unknown',
  signer: Issued = root,
  issuer: Issued = root,
  days = 2,
): OcspResponse {
  const serial = parseCertificate(leaf.der).serial.toUpperCase();
  const stamp = (date: Date): string => date.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z';
  const lines = {
    good: `V\t${stamp(new Date(now.getTime() + 9 * day))}\t\t${serial}\tunknown\t/CN=host.example.com\n`,
    revoked: `R\t${stamp(new Date(now.getTime() + 9 * day))}\t${stamp(now)},keyCompromise\t${serial}\tunknown\t/CN=host.example.com\n`,
    unknown: '',
  };
  execFileSync(
    'openssl',
    [
      'ocsp',
      '-index',
      put('index', lines[status]),
      '-CA',
      put('ca.pem', issuer.pem),
      '-rsigner',
      put('signer.pem', signer.pem),
      '-rkey',
      put('signer.key', keyPem(signer.key)),
      '-issuer',
      put('issuer.pem', issuer.pem),
      '-cert',
      put('leaf.pem', leaf.pem),
      '-ndays',
      String(days),
      '-respout',
      join(folder, 'response'),
      '-noverify',
    ],
    { stdio: 'pipe' },
  );
  return parseOcsp(readFileSync(join(folder, 'response')));
}

const ask = (response: OcspResponse, more: Partial<PathInput> = {}): readonly unknown[] => {
  const { anchored, code, revocation } = validate([leaf, root], 'private-pki', { ocsp: [response], ...more });
  return [anchored, code, revocation[0]?.state];
};

test('what the issuer or its responder says counts', () => {
  expect(ask(respond('good'))).toEqual([true, null, 'good']);
  expect(ask(respond('revoked'))).toEqual([false, 'revoked', 'revoked']);
  expect(ask(respond('good', delegate(root, 'OCSPSigning')))).toEqual([true, null, 'good']);
  expect(ask(respond('revoked', delegate(root, 'OCSPSigning')))).toEqual([false, 'revoked', 'revoked']);
});

test('what says nothing is never taken for good', () => {
  const undetermined = [false, 'revocation-unknown', 'undetermined'];
  expect(ask(respond('unknown'))).toEqual(undetermined);
  expect(ask(respond('good', delegate(root, 'serverAuth')))).toEqual(undetermined);
  expect(ask(respond('good', delegate(stranger, 'OCSPSigning')))).toEqual(undetermined);
  expect(ask(respond('good', stranger))).toEqual(undetermined);
  expect(ask(respond('good'), { at: new Date(now.getTime() + 3 * day) })).toEqual(undetermined);
  expect(ask(respond('good'), { at: new Date(now.getTime() - 2 * 3_600_000) })).toEqual(undetermined);
  expect(ask(respond('unknown'), { setAside: ['revocation'] })).toEqual([true, null, 'undetermined']);
});

test('a response of another CA of the same name is about another certificate', () => {
  expect(ask(respond('revoked', stranger, stranger))).toEqual([true, null, 'not-offered']);
});

test('mutilated responses end in a typed error or say nothing, and no altered one says good', () => {
  const whole = new Uint8Array(readFileSync(join(folder, 'response')));
  const good = respond('good');
  const bytes = new Uint8Array(readFileSync(join(folder, 'response')));
  expect(ask(good)[2]).toBe('good');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      try {
        const [, , state] = ask(parseOcsp(changed));
        return state !== 'revoked';
      } catch (error) {
        return error instanceof DerError;
      }
    }),
    { numRuns: 400, seed: 20261125 },
  );
  expect(() => parseOcsp(whole.subarray(0, 40))).toThrow(DerError);
});
