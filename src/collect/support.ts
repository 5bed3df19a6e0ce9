import type { SoftwareVersion } from '../model/manager-state';
import type { Target } from '../model/target';
import { readDocument } from '../schema/document';
import { packageRoot } from '../schema/package-root';

/** A line of releases and the last day on which its publisher supports it; `current`: no day is named yet. */
interface Release {
  readonly release: string;
  /** Regular expression for the versions of this line. */
  readonly match: string;
  /** ISO 8601 date, or `current`. */
  readonly ends: string;
}

interface SupportTable {
  /** The day on which the table was compiled. */
  readonly asOf: string;
  readonly products: Readonly<Record<string, readonly Release[]>>;
}

/** A product in its own words. */
export type Running = Pick<SoftwareVersion, 'node' | 'product' | 'version' | 'toldBy'>;

/** A release without a published end is taken to be supported so long after the table was compiled. */
const currentDays = 365;

/** How long a version is supported: by the auditor's own contract if he declares one, else as published. */
export function supportOf(running: Running, target: Target, now: Date): SoftwareVersion {
  const { product, version } = running;
  const { asOf, products } = loadTable();
  const found =
    version === null ? undefined : products[product]?.find(({ match }) => new RegExp(match).test(version));
  const release = found?.release ?? null;
  const contract = target.support?.[product];
  const ends = contract ?? (found?.ends === 'current' ? addDays(asOf, currentDays) : (found?.ends ?? null));
  return {
    ...running,
    release,
    supportEnds: ends,
    // The day itself is the last one.
    daysOfSupport:
      ends === null ? null : Math.floor((Date.parse(addDays(ends, 1)) - now.getTime()) / 86_400_000),
    source: ends === null ? null : contract === undefined ? 'published' : 'contract',
  };
}

let loaded: SupportTable | undefined;

/** Its shape is not checked here: a test does, and it ships with us. */
function loadTable(): SupportTable {
  loaded ??= readDocument(`${packageRoot()}/rules/support.yaml`).value as SupportTable;
  return loaded;
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
