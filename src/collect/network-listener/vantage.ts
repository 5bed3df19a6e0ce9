import type { Vantage } from '../../model/evidence';

/** Where two ends of a connection stand to each other: the same address, or loopback, is the same machine. */
export function vantageOf(local: string | undefined, remote: string | undefined): Vantage {
  if (local === undefined || remote === undefined) return 'network';
  return plain(local) === plain(remote) || isLoopback(remote) ? 'same-host' : 'network';
}

/** 127.0.0.0/8 and ::1 never leave the machine, even when the two ends differ (RFC 1122 §3.2.1.3). */
export function isLoopback(address: string): boolean {
  return plain(address).startsWith('127.') || plain(address) === '::1';
}

/** An IPv4 address that a dual-stack socket writes as `::ffff:10.0.0.1`. */
function plain(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
}
