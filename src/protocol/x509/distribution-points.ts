import { type Element, expectTag, readAll, readOne, type Reading, tags } from './der';
import { sequenceOf } from './extensions';
import { readGeneralNames } from './general-name';
import { readRdnKey } from './name';

/** The name of a distribution point: keys that compare, and the relative form's RDN. */
export interface PointName {
  readonly full: readonly string[];
  readonly relative: string | null;
  readonly uris: readonly string[];
}

/** One place where CRLs are published. */
export interface DistributionPoint {
  readonly name: PointName | null;
}

/** cRLDistributionPoints. */
export function readDistributionPoints(value: Uint8Array, reading: Reading): readonly DistributionPoint[] {
  return sequenceOf(value, reading).map((point) => {
    const fields = readAll(expectTag(point, tags.sequence, reading).content, reading);
    const name = fields.find((field) => field.tag === 0xa0);
    return { name: name === undefined ? null : readPointName(name, reading) };
  });
}

/** DistributionPointName, wrapped in its field. */
export function readPointName(field: Element, reading: Reading): PointName {
  const choice = readOne(field.content, reading);
  if (choice.tag === 0xa1) return { full: [], relative: readRdnKey(choice.content, reading), uris: [] };
  const names = readGeneralNames(expectTag(choice, 0xa0, reading).content, reading);
  return {
    full: names.map(({ kind, name, value }) => `${kind} ${name?.key ?? value}`),
    relative: null,
    uris: names.flatMap((name) => (name.kind === 'uri' ? [name.value] : [])),
  };
}
