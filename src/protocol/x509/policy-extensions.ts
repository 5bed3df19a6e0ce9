import { DerError, expectTag, readOne, type Reading, readAll, tags } from './der';
import { sequenceOf } from './extensions';
import { readOid, readSmallInteger } from './values';

/** policyConstraints: how many more certificates may follow; null: field absent. */
export interface PolicyConstraints {
  readonly requireExplicit: number | null;
  readonly inhibitMapping: number | null;
}

/** certificatePolicies: the policy OIDs; qualifiers are not judged. */
export function readPolicies(value: Uint8Array, reading: Reading): readonly string[] {
  return sequenceOf(value, reading).map((information) => {
    const [policy] = readAll(expectTag(information, tags.sequence, reading).content, reading);
    return readOid(expectTag(policy, tags.oid, reading), reading);
  });
}

/** policyMappings: pairs of issuer domain policy and subject domain policy. */
export function readPolicyMappings(
  value: Uint8Array,
  reading: Reading,
): readonly (readonly [string, string])[] {
  return sequenceOf(value, reading).map((pair) => {
    const [from, to] = readAll(expectTag(pair, tags.sequence, reading).content, reading);
    return [
      readOid(expectTag(from, tags.oid, reading), reading),
      readOid(expectTag(to, tags.oid, reading), reading),
    ];
  });
}

export function readPolicyConstraints(value: Uint8Array, reading: Reading): PolicyConstraints {
  let constraints: PolicyConstraints = { requireExplicit: null, inhibitMapping: null };
  for (const field of sequenceOf(value, reading)) {
    const skip = readSmallInteger(field, reading);
    if (skip === null) throw new DerError(`${reading.where}: skip count is negative or too large`);
    if (field.tag === 0x80) constraints = { ...constraints, requireExplicit: skip };
    else if (field.tag === 0x81) constraints = { ...constraints, inhibitMapping: skip };
    else throw new DerError(`${reading.where}: unexpected field`);
  }
  return constraints;
}

export function readInhibitAnyPolicy(value: Uint8Array, reading: Reading): number {
  const skip = readSmallInteger(expectTag(readOne(value, reading), tags.integer, reading), reading);
  if (skip === null) throw new DerError(`${reading.where}: skip count is negative or too large`);
  return skip;
}
