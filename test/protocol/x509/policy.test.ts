import { integer, oid, sequence, tlv } from '../../../fixtures/pki/der-writer';
import type { RawExtension } from '../../../fixtures/pki/write-certificate';
import type { PathInput } from '../../../src/protocol/x509';
import { issueCa, issueLeaf, keyOf, validate } from './chain';

// RFC 5280 §6.1 as NIST PKITS 4.8 to 4.12 walk through it.
const any = '2.5.29.32.0';
const policies = (...oids: string[]): RawExtension => ({
  oid: '2.5.29.32',
  value: sequence(...oids.map((policy) => sequence(oid(policy)))),
});
const mapping = (...pairs: [string, string][]): RawExtension => ({
  oid: '2.5.29.33',
  critical: true,
  value: sequence(...pairs.map(([from, to]) => sequence(oid(from), oid(to)))),
});
const constraints = (explicit?: number, inhibit?: number): RawExtension => ({
  oid: '2.5.29.36',
  critical: true,
  value: sequence(
    ...(explicit === undefined ? [] : [tlv(0x80, Uint8Array.of(explicit))]),
    ...(inhibit === undefined ? [] : [tlv(0x81, Uint8Array.of(inhibit))]),
  ),
});
const inhibitAny = (skip: number): RawExtension => ({
  oid: '2.5.29.54',
  critical: true,
  value: integer(skip),
});

type Row = readonly [
  string,
  RawExtension[],
  RawExtension[],
  RawExtension[] | null,
  PathInput['policies'],
  boolean,
];
const explicit = { requireExplicit: true };
const [P, Q, R] = ['1.3.9.1', '1.3.9.2', '1.3.9.3'] as const;

// [name, first CA, second CA, leaf (null: no second CA), what is asked for, accepted].
const rows: readonly Row[] = [
  ['no policies and none required', [], [], [], undefined, true],
  ['no policies but one required', [], [], [], explicit, false],
  ['the same policy all the way', [policies(P)], [policies(P)], [policies(P)], explicit, true],
  [
    'a policy that is asked for',
    [policies(P)],
    [policies(P)],
    [policies(P)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'another one is asked for',
    [policies(P)],
    [policies(P)],
    [policies(P)],
    { ...explicit, acceptable: [Q] },
    false,
  ],
  [
    'another one without being required',
    [policies(P)],
    [policies(P)],
    [policies(P)],
    { acceptable: [Q] },
    true,
  ],
  ['policies that differ', [policies(P)], [policies(P)], [policies(Q)], explicit, false],
  ['policies that differ, none required', [policies(P)], [policies(P)], [policies(Q)], undefined, true],
  ['a CA in the middle without', [policies(P)], [], [policies(P)], explicit, false],
  [
    'anyPolicy in CAs',
    [policies(any)],
    [policies(any)],
    [policies(P)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'anyPolicy in CAs, another asked for',
    [policies(any)],
    [policies(any)],
    [policies(P)],
    { ...explicit, acceptable: [Q] },
    false,
  ],
  [
    'anyPolicy in the leaf',
    [policies(P)],
    [policies(P)],
    [policies(any)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'anyPolicy inhibited by the caller',
    [policies(P)],
    [policies(any)],
    [policies(P)],
    { ...explicit, inhibitAnyPolicy: true },
    false,
  ],
  [
    'anyPolicy inhibited at once',
    [policies(P), inhibitAny(0)],
    [policies(any)],
    [policies(P)],
    explicit,
    false,
  ],
  [
    'anyPolicy inhibited one later',
    [policies(P), inhibitAny(1)],
    [policies(any)],
    [policies(P)],
    explicit,
    true,
  ],
  [
    'anyPolicy inhibited for the leaf',
    [policies(P), inhibitAny(1)],
    [policies(any)],
    [policies(any)],
    explicit,
    false,
  ],
  ['required by a CA at once', [policies(P), constraints(0)], [policies(P)], [policies(Q)], undefined, false],
  [
    'required by a CA after two',
    [policies(P), constraints(2)],
    [policies(P)],
    [policies(Q)],
    undefined,
    false,
  ],
  [
    'required by a CA after more than there are',
    [policies(P), constraints(4)],
    [policies(P)],
    [policies(Q)],
    undefined,
    true,
  ],
  [
    'required by the leaf itself',
    [policies(P)],
    [policies(P)],
    [policies(Q), constraints(0)],
    undefined,
    false,
  ],
  [
    'mapped',
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    [policies(Q)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'mapped, the target asked for',
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    [policies(Q)],
    { ...explicit, acceptable: [Q] },
    false,
  ],
  [
    'mapped, the leaf has the source',
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    [policies(P)],
    explicit,
    false,
  ],
  [
    'mapped to two',
    [policies(P), mapping([P, Q], [P, R])],
    [policies(R)],
    [policies(R)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'mapped twice',
    [policies(P), mapping([P, Q])],
    [policies(Q), mapping([Q, R])],
    [policies(R)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'mapped below anyPolicy',
    [policies(any), mapping([P, Q])],
    [policies(Q)],
    [policies(Q)],
    { ...explicit, acceptable: [P] },
    true,
  ],
  [
    'mapping inhibited by the caller',
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    [policies(Q)],
    { ...explicit, inhibitMapping: true },
    false,
  ],
  [
    'mapping inhibited by a CA',
    [policies(P), constraints(undefined, 0)],
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    explicit,
    false,
  ],
  [
    'mapping inhibited one later',
    [policies(P), constraints(undefined, 1)],
    [policies(P), mapping([P, Q])],
    [policies(Q)],
    explicit,
    true,
  ],
  ['anyPolicy mapped', [policies(P), mapping([any, Q])], [policies(Q)], [policies(Q)], undefined, false],
  ['mapped to anyPolicy', [policies(P), mapping([P, any])], [policies(Q)], [policies(Q)], undefined, false],
];

test.each(rows)('%s', (_, first, second, last, asked, accepted) => {
  const root = issueCa('root');
  const one = issueCa('one', root, { extensions: first });
  const two = issueCa('two', one, { extensions: second });
  const leaf = issueLeaf(two, { extensions: last ?? [] });
  const result = validate([leaf, two, one, root], 'path', asked === undefined ? {} : { policies: asked });
  expect([result.anchored, result.code]).toEqual([accepted, accepted ? null : 'policy']);
});

test('self-issued certificates do not count down (RFC 5280 §6.1.4 h)', () => {
  const root = issueCa('root');
  const one = issueCa('one', root, { extensions: [policies(P), inhibitAny(1)] });
  const rolled = issueCa('one', one, { key: keyOf('one, next'), extensions: [policies(P)] });
  const two = issueCa('two', rolled, { extensions: [policies(any)] });
  const leaf = issueLeaf(two, { extensions: [policies(P)] });
  expect(validate([leaf, two, rolled, one, root], 'path', { policies: explicit })).toMatchObject({
    anchored: true,
  });
});

test('mappings that double at each level cost nothing (CVE-2023-0464)', () => {
  const names = Array.from({ length: 60 }, (_, i) => `1.3.9.${String(i)}`);
  const pairs = names.flatMap((from) => names.map((to): [string, string] => [from, to]));
  let issuer = issueCa('root');
  const chain = [issuer];
  for (let i = 0; i < 8; i += 1) {
    issuer = issueCa(`CA ${String(i)}`, issuer, { extensions: [policies(...names), mapping(...pairs)] });
    chain.unshift(issuer);
  }
  const leaf = issueLeaf(issuer, { extensions: [policies('1.3.9.3')] });
  const start = process.cpuUsage();
  expect(validate([leaf, ...chain], 'path', { policies: explicit })).toMatchObject({ anchored: true });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000);
});
