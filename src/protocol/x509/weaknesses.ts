import { createHash } from 'node:crypto';
import type { PublicKey } from './key';
import { hasSmallFactor, isFermatWeak, isRoca, toNumber } from './lints/weak-key';
import { toHex } from './values';

/** A way in which a key is known to be weak whatever its size. */
export type KeyWeakness =
  'small-factor' | 'close-primes' | 'roca' | 'debian' | 'bad-exponent' | 'even-modulus' | 'explicit-curve';

/** What was found, and which lists would have been needed to say more. */
export interface KeyWeaknesses {
  readonly found: readonly KeyWeakness[];
  /** `debian`: no list of the keys of this size of Debian's generator of 2006 to 2008 was given. */
  readonly notChecked: readonly 'debian'[];
}

/** Key size → entries of Debian's openssl-blacklist: the last 20 digits of the SHA-1 of `Modulus=…`. */
export type WeakKeyLists = ReadonlyMap<number, ReadonlySet<string>>;

const remembered = new WeakMap<WeakKeyLists, Map<string, KeyWeaknesses>>();
const none: WeakKeyLists = new Map();

/** Known weaknesses of a key. Each distinct key is examined once. */
export function weaknessesOf(key: PublicKey, lists: WeakKeyLists = none): KeyWeaknesses {
  const own = remembered.get(lists) ?? new Map<string, KeyWeaknesses>();
  remembered.set(lists, own);
  const known = own.get(key.spkiSha256);
  if (known !== undefined) return known;
  const answer = examine(key, lists.get(key.bits ?? 0));
  if (own.size < 5000) own.set(key.spkiSha256, answer);
  return answer;
}

function examine(key: PublicKey, list: ReadonlySet<string> | undefined): KeyWeaknesses {
  if (key.curve === 'explicit') return { found: ['explicit-curve'], notChecked: [] };
  if (key.modulus === null) return { found: [], notChecked: [] };
  const modulus = toNumber(key.modulus);
  const exponent = toNumber(key.exponent ?? new Uint8Array());
  const tests: readonly (readonly [KeyWeakness, boolean])[] = [
    ['even-modulus', modulus % 2n === 0n],
    ['small-factor', modulus % 2n !== 0n && hasSmallFactor(modulus)],
    ['close-primes', isFermatWeak(modulus)],
    ['roca', isRoca(modulus)],
    ['debian', list?.has(debianEntry(key.modulus)) === true],
    ['bad-exponent', exponent < 3n || exponent % 2n === 0n],
  ];
  return {
    found: tests.flatMap(([weakness, found]) => (found ? [weakness] : [])),
    notChecked: list === undefined ? ['debian'] : [],
  };
}

/** How openssl-vulnkey names a key: it hashes the line that `openssl rsa -modulus` prints. */
function debianEntry(modulus: Uint8Array): string {
  const digits = toHex(modulus)
    .replace(/^(?:00)+/, '')
    .toUpperCase();
  return createHash('sha1').update(`Modulus=${digits}\n`).digest('hex').slice(20);
}

/** Pairs of distinct moduli (hexadecimal) that share a prime: both can be factored at once (Heninger et al., 2012). */
export function sharedPrimes(moduli: readonly string[]): readonly (readonly [string, string])[] {
  const all = [...new Set(moduli)]
    .filter((hex) => hex.length <= 4096 && /^0*[1-9a-f]/.test(hex))
    .slice(0, MOST)
    .map((hex) => ({ hex, modulus: BigInt(`0x${hex}`) }));
  const product = all.reduce((sum, { modulus }) => sum * modulus, 1n);
  // One greatest common divisor a key tells whether it shares anything; only those that do are compared in pairs.
  const sharing = all.filter(({ modulus }) => gcd(modulus, (product % modulus ** 2n) / modulus) !== 1n);
  return sharing.flatMap((one, i) =>
    sharing
      .slice(i + 1)
      .flatMap((other) => (gcd(one.modulus, other.modulus) === 1n ? [] : [[one.hex, other.hex] as const])),
  );
}

/** A deployment has a handful of keys; a hostile one must not cost much more. */
const MOST = 256;

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
