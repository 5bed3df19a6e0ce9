import { toHex } from '../values';

/** An INTEGER's content as an unsigned number. */
export const toNumber = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);

/** OpenSSL uses no longer modulus than this; roots of a megabyte would take hours. */
const LARGEST = 16384n;
const primesBelow752 = primes(752);
const product = primesBelow752.reduce((all, prime) => all * BigInt(prime), 1n);

/** The modulus has a prime factor below 752 (BR 6.1.6). */
export function hasSmallFactor(modulus: bigint): boolean {
  return modulus > 0n && greatestCommonDivisor(modulus, product % modulus) !== 1n;
}

/** The primes are so close that Fermat's method finds them in 100 steps (CVE-2022-26320). */
export function isFermatWeak(modulus: bigint): boolean {
  if (modulus % 2n === 0n || modulus >> LARGEST > 0n) return false;
  let a = squareRoot(modulus);
  if (a * a === modulus) return true;
  for (let step = 0; step < 100; step += 1) {
    a += 1n;
    const rest = a * a - modulus;
    if (couldBeSquare(rest) && squareRoot(rest) ** 2n === rest) return true;
  }
  return false;
}

/** For each prime, the residues that powers of 65537 take. */
const generated = primes(168)
  .filter((prime) => prime > 2)
  .map((prime) => {
    const residues = new Set<number>();
    for (let power = 1; !residues.has(power); power = (power * 65537) % prime) residues.add(power);
    return { prime: BigInt(prime), residues };
  });

/** The fingerprint of Infineon's key generator (ROCA, CVE-2017-15361): every residue is a power of 65537. */
export function isRoca(modulus: bigint): boolean {
  return generated.every(({ prime, residues }) => residues.has(Number(modulus % prime)));
}

function primes(limit: number): number[] {
  const found: number[] = [];
  for (let n = 2; n < limit; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(16).length / 2) * 4);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

const squares = new Set(Array.from({ length: 720 }, (_, i) => (i * i) % 720));

/** Excludes most numbers that are no squares without taking a root. */
function couldBeSquare(n: bigint): boolean {
  return squares.has(Number(n % 720n));
}
