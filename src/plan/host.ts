/** A host as written by a person, in its one canonical form. */
export interface Host {
  /** Lower case; IPv6 compressed and without brackets; international names as A-labels; no trailing dot. */
  readonly host: string;
  readonly kind: 'dns' | 'ip';
}

/** Reads a host name or IP address; or says, after the quoted text, what it is instead. */
export function parseHost(written: string): Host | { readonly fault: string } {
  const text = written.startsWith('[') && written.endsWith(']') ? written.slice(1, -1) : written;
  if (text === '') return { fault: 'is empty' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { fault: 'is a URL; write the host alone' };
  if (text.includes('@')) return { fault: 'holds an "@"; write the host alone, credentials go under users' };
  if (text.includes('%')) return { fault: 'holds a zone or an escape; write a plain name or address' };
  if (/^[\d.]+\/\d+$|:.*\/\d+$/.test(text)) return { fault: 'is a network; write one address' };
  if (text.includes(':')) return parseIpv6(text);
  if (/[\s/?#\\[\]<>|^"]/.test(text) || text.startsWith('.')) return noHost;
  return parseName(text);
}

/** Canonical text of an IP address (RFC 5952 for IPv6); null when it is none. */
export function canonicalIp(text: string): string | null {
  const host = parseHost(text);
  return 'fault' in host || host.kind !== 'ip' ? null : host.host;
}

/** `0.0.0.0` and `::` mean "this machine" to connect(2): dialling them would audit the wrong one. */
export function isUnspecified(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::' || ip === '::ffff:0:0';
}

const noHost = { fault: 'is no host name or IP address' };

function parseIpv6(text: string): Host | { readonly fault: string } {
  const name = urlHost(`[${text}]`);
  if (name !== null) return { host: name.slice(1, -1), kind: 'ip' };
  return /^[^:]+:\d+$/.test(text) ? { fault: 'holds a port; ports go under "ports"' } : noHost;
}

function parseName(text: string): Host | { readonly fault: string } {
  const name = urlHost(text)?.replace(/\.$/, '');
  if (name === undefined || name === '') return noHost;
  if (/^\d+(\.\d+){3}$/.test(name)) {
    // WHATWG reads `10.1`, `0x0a000001` and `010.0.0.1` as addresses; a person who wrote them may mean another one.
    return name === text ? { host: name, kind: 'ip' } : { fault: 'is no IP address of four decimal numbers' };
  }
  const labels = name.split('.');
  const sound = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return sound && name.length <= 253 ? { host: name, kind: 'dns' } : noHost;
}

function urlHost(text: string): string | null {
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return null;
  }
}
