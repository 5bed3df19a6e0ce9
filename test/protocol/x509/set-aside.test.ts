import { parseCertificate, judgeChain, type JudgedChain } from '../../../src/protocol/x509';
import { createKey, type Issued } from '../../../fixtures/pki/write-certificate';
import { day, issueCa, issueLeaf, now } from './chain';

const root = issueCa('root');
const past = { notBefore: new Date(now.getTime() - 9 * day), notAfter: new Date(now.getTime() - day) };

const judge = (chain: readonly Issued[], anchors: readonly Issued[] = [root]): JudgedChain =>
  judgeChain(
    chain.map(({ der }) => der),
    {
      anchors: anchors.map(({ der }) => parseCertificate(der)),
      at: now,
      purpose: 'serverAuth',
      profile: 'private-pki',
    },
  );

describe('whether a chain is anchored, apart from what a client says today', () => {
  test.each([
    ['an expired leaf', issueLeaf(root, past), /expired at/],
    ['a leaf of tomorrow', issueLeaf(root, { notBefore: new Date(now.getTime() + day) }), /not valid before/],
    ['a leaf signed with SHA-1', issueLeaf(root, { hash: 'sha1' }), /forgeable/],
  ])('%s is anchored and refused, and the step says why', (_, leaf, why) => {
    const { result, anchoring } = judge([leaf]);
    expect([result?.anchored, anchoring?.anchored]).toEqual([false, true]);
    expect(anchoring?.steps[0]?.problems).toEqual([]);
    expect(anchoring?.steps[0]?.aside.map(({ detail }) => detail)).toEqual([expect.stringMatching(why)]);
  });

  test.each([
    ['a signature that does not hold', issueLeaf(root, { ...past, tamper: true }), 'bad-signature'],
    ['another CA', issueLeaf(issueCa('stranger'), past), 'issuer-missing'],
    [
      'a stranger of the same name',
      issueLeaf(issueCa('root', undefined, { key: createKey({ kind: 'ec' }) }), { ...past, keyIds: false }),
      'bad-signature',
    ],
  ])('a date is never why %s is overlooked', (_, leaf, code) => {
    const { result, anchoring } = judge([leaf]);
    expect([result?.anchored, anchoring?.anchored]).toEqual([false, false]);
    expect(anchoring?.code).toBe(code);
  });

  test('an expired CA in between is told at its own step', () => {
    const ca = issueCa('CA', root, past);
    const { anchoring } = judge([issueLeaf(ca), ca]);
    expect(anchoring?.steps.map(({ aside }) => aside.length)).toEqual([0, 1, 0]);
  });

  test('a path without problems is preferred to one that had to be excused', () => {
    const key = createKey({ kind: 'ec' });
    const old = issueCa('CA', root, { ...past, key });
    const fresh = issueCa('CA', root, { key });
    const { result } = judge([issueLeaf(old), old, fresh]);
    expect(result?.anchored).toBe(true);
    expect(result?.steps.flatMap(({ aside }) => aside)).toEqual([]);
  });
});
