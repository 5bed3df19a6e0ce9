import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { context, integer, nothing, sequence, tlv } from '../../../fixtures/pki/der-writer';
import { keyPem, type Issued, type RawExtension } from '../../../fixtures/pki/write-certificate';
import { issueCrl } from '../../../fixtures/pki/write-crl';
import { issueOcsp, type OcspOptions } from '../../../fixtures/pki/write-ocsp';
import {
  type Crl,
  DerError,
  type OcspResponse,
  parseCrl,
  parseOcsp,
  type PathInput,
  parseCertificate,
} from '../../../src/protocol/x509';
import { type Change, day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

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

describe('a response that is signed and current, and still says nothing', () => {
  const serial = BigInt(`0x${parseCertificate(leaf.der).serial}`);
  const written = (options: Partial<OcspOptions> = {}): readonly unknown[] => {
    const dates = { thisUpdate: new Date(now.getTime() - day), nextUpdate: new Date(now.getTime() + day) };
    const { revocation, anchored } = validate([leaf, root], 'private-pki', {
      ocsp: [parseOcsp(issueOcsp({ issuer: root, serial, ...dates, ...options }))],
    });
    return [anchored, revocation[0]?.state, revocation[0]?.reason];
  };
  const extension = (critical: boolean): RawExtension[] => [{ oid: '1.2.3.4', critical, value: integer(1) }];
  const responder = (change: Change): Partial<OcspOptions> => ({
    signer: issueLeaf(root, {
      subject: 'CN=responder',
      key: keyOf('responder'),
      extendedKeyUsage: ['OCSPSigning'],
      ...change,
    }),
  });

  test('as it should be', () => {
    expect(written()).toEqual([true, 'good', 'the OCSP responder of its issuer says good']);
    expect(written({ extensions: extension(false), answerExtensions: extension(false) })[1]).toBe('good');
    expect(written(responder({}))[1]).toBe('good');
    expect(written({ status: tlv(0xa1, tlv(0x18, Buffer.from('20250101000000Z'))) })[1]).toBe('revoked');
  });

  test('a critical extension that nobody knows, of the whole or of the answer, and it is said', () => {
    const said = 'the OCSP response has a critical extension 1.2.3.4 that is not understood';
    expect(written({ extensions: extension(true) })).toEqual([false, 'undetermined', said]);
    expect(written({ answerExtensions: extension(true) })).toEqual([false, 'undetermined', said]);
  });

  test('a status that is none of the three', () => {
    for (const status of [tlv(0x00), tlv(0x30), tlv(0xa0), tlv(0x40), tlv(0x83)])
      expect(written({ status })[1]).toBe('undetermined');
  });

  test('a responder whose certificate has an extension twice, a critical unknown one, or has ended', () => {
    const critical = [{ oid: '1.2.3.4', critical: true, value: integer(1) }];
    const twice = [0, 1].map(() => ({ oid: '1.2.3.4', value: sequence() }));
    expect(written(responder({ extensions: critical }))[1]).toBe('undetermined');
    expect(written(responder({ extensions: twice }))[1]).toBe('undetermined');
    expect(written(responder({ notAfter: new Date(now.getTime() - 2000) }))[1]).toBe('undetermined');
  });
});

describe('a responder whose own certificate (RFC 6960 §4.2.2.2.1)', () => {
  const serial = BigInt(`0x${parseCertificate(leaf.der).serial}`);
  const noCheck = { oid: '1.3.6.1.5.5.7.48.1.5', value: nothing() };
  const place = context(0, true, context(0, true, context(6, false, Buffer.from('http://crl.test/ca'))));
  const point = { oid: '2.5.29.31', value: sequence(sequence(place)) };
  const crlOf = (revoked: readonly Issued[], nextUpdate = new Date(now.getTime() + day)): Crl =>
    parseCrl(
      issueCrl({
        issuer: root,
        thisUpdate: new Date(now.getTime() - day),
        nextUpdate,
        number: 1n,
        revoked: revoked.map(({ der }) => ({
          serial: BigInt(`0x${parseCertificate(der).serial}`),
          at: now,
        })),
        // Of its own place, which the leaf does not name: nothing else may speak for the leaf.
        extensions: [{ oid: '2.5.29.28', critical: true, value: sequence(place) }],
      }).der,
    );
  const said = (
    extensions: readonly RawExtension[],
    crls: readonly ((signer: Issued) => Crl)[],
  ): string[] => {
    const signer = issueLeaf(root, {
      subject: 'CN=responder',
      key: keyOf('responder'),
      extendedKeyUsage: ['OCSPSigning'],
      extensions,
    });
    const dates = { thisUpdate: new Date(now.getTime() - day), nextUpdate: new Date(now.getTime() + day) };
    const { revocation } = validate([leaf, root], 'private-pki', {
      ocsp: [parseOcsp(issueOcsp({ issuer: root, signer, serial, ...dates }))],
      crls: crls.map((make) => make(signer)),
    });
    return [revocation[0]?.state ?? '', revocation[0]?.reason ?? ''];
  };

  test('is on the CRL of its issuer says nothing', () => {
    const [state, reason] = said([point], [(signer) => crlOf([signer])]);
    expect(state).toBe('undetermined');
    expect(reason).toMatch(/^the OCSP response is signed by "CN=responder", which is revoked: serial /);
  });

  test('is not on it is believed', () => {
    expect(said([point], [() => crlOf([])])[0]).toBe('good');
  });

  test('names a CRL that is not at hand, or out of date, is not believed', () => {
    expect(said([point], [])).toEqual([
      'undetermined',
      'the OCSP response is signed by "CN=responder", which may be revoked: its CA offers revocation information, none of which was given',
    ]);
    expect(said([point], [() => crlOf([], new Date(now.getTime() - 1000))])[0]).toBe('undetermined');
  });

  test('says that it need not be checked is believed', () => {
    expect(said([point, noCheck], [])[0]).toBe('good');
    expect(said([point, noCheck], [(signer) => crlOf([signer])])[0]).toBe('good');
    expect(said([], [])[0]).toBe('good');
  });
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
