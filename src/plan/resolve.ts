import { promises as dns } from 'node:dns';
import { canonicalIp, isUnspecified, type Host } from './host';

/** All addresses of a host name. Rejects when there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Resolves as every other program on this machine does (hosts file included). */
export const resolveBySystem: Resolve = async (name) =>
  (await dns.lookup(name, { all: true })).map(({ address }) => address);

/** IP addresses of a host, canonical and without repeats; or why there are none. Never rejects, never waits for ever. */
export async function addressesOf(
  { host, kind }: Host,
  resolve: Resolve,
  timeoutMs = 15_000,
): Promise<readonly string[] | { readonly fault: string }> {
  if (kind === 'ip') return isUnspecified(host) ? { fault: 'is not an address that can be dialled' } : [host];
  try {
    const found = (await within(timeoutMs, resolve(host))).map(canonicalIp).filter((ip) => ip !== null);
    if (found.length === 0) return { fault: 'cannot be resolved: it has no address' };
    if (found.some(isUnspecified)) return { fault: 'cannot be resolved: its address is blocked (0.0.0.0)' };
    return [...new Set(found)];
  } catch (error) {
    return { fault: `cannot be resolved: ${reasonOf(error)}` };
  }
}

const timedOut = 'ETIMEOUT';

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('no answer'), { code: timedOut }));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ENOTFOUND' || code === 'ENODATA') return 'no such name';
  if (code === 'EAI_AGAIN' || code === timedOut) return 'the name server does not answer';
  return typeof code === 'string' ? code : 'the resolver failed';
}
