import { join } from 'node:path';
import { packageRoot } from '../../schema/package-root';
import type { Literal, LiteralTable } from './literals';
import { loadDetectors, loadTable } from './load-detectors';
import type { Nearby } from './nearby';

/** How a value that a pattern caught is judged; see judge.ts. */
export type ValueKind =
  'password' | 'token' | 'basic' | 'base64' | 'jwt' | 'exact' | 'strong' | 'private-key';

/** One kind of credential, as written in rules/detectors/*.yaml. */
export interface Detector {
  readonly id: string;
  readonly title: string;
  /** Every match begins at one of these, in any letter case; at least three bytes, ASCII. */
  readonly literals: readonly Literal[];
  readonly nearby: Nearby;
  /** Stands after the literal in every match; in lower case. */
  readonly beside?: string;
  /** `line`: `expression` is tried at the literal, within its line; `block`: over lines; `pem`: a private key. */
  readonly shape: 'line' | 'block' | 'pem';
  /** Sticky. Its groups `secret` (quoted or delimited), `escaped` or `bare` (ends at a blank) hold the value. */
  readonly pattern: Expression;
  readonly kind: ValueKind;
  /** Of two detectors that catch the same characters the higher rank speaks. */
  readonly rank: number;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  readonly examples: readonly Example[];
  readonly counterExamples: readonly string[];
}

/** An expression, compiled by whoever runs it. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  /** Numbers of the groups that have names in the YAML. */
  readonly groups: Readonly<Record<string, number>>;
}

/** A text that must be found, what of it is the secret, and how sure we are. */
export interface Example {
  readonly text: string;
  readonly secret: string;
  readonly confidence?: 'high' | 'medium' | 'low';
}

let loaded: readonly Detector[] | undefined;
let table: LiteralTable | null | undefined;

/** The detectors that the package ships, read once. Throws InputError when a file is wrong. */
export function shippedDetectors(): readonly Detector[] {
  loaded ??= loadDetectors(join(packageRoot(), 'rules', 'detectors'));
  return loaded;
}

/** The table of the literals of just the shipped detectors, in the order of `watchLiterals`, when the build made one. */
export function tableOfShipped(detectors: readonly Detector[]): LiteralTable | undefined {
  if (detectors !== loaded) return undefined;
  table ??= loadTable(join(packageRoot(), 'rules', 'detectors')) ?? null;
  return table ?? undefined;
}
