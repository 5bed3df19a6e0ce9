import type { AuditLog } from '../../../model/log-settings';

/** A log by its path on the node, and the lines at its end; null: not readable. */
export interface Tail {
  readonly path: string;
  readonly lines: readonly string[] | null;
}

/**
 * Whether the REST service records who asked for what. Compared by what stands in the lines: a copy's times say nothing.
 * Where nginx let requests through and the audit log has none of their time, it is not written any more.
 */
export function readAudit(tails: readonly Tail[]): AuditLog {
  const inRest = tails.filter(({ path }) => /(?:^|\/)rest\/[^/]*$/.test(path));
  const audit = inRest.find(({ path }) => path.endsWith('/audit.log'));
  const nothing = { path: null, entries: 0, named: 0 };
  if (inRest.length === 0) return { state: 'unknown', ...nothing };
  if (audit === undefined) return { state: 'missing', ...nothing };
  if (audit.lines === null) return { state: 'unknown', ...nothing, path: audit.path };
  const requests = audit.lines.filter((line) => auditLine.test(line));
  const last = lastTime(requests);
  const access = tails.find(({ path }) => /(?:^|\/)nginx\/cloudify\.access\.log$/.test(path));
  const api = access?.lines?.filter((line) => /"[A-Z]{3,7} \/api\//.test(line)) ?? [];
  const lastRequest = lastTime(api);
  return {
    state: 'present',
    path: audit.path,
    entries: requests.length,
    named: requests.filter((line) => named.test(line)).length,
    ...(last === null || lastRequest === null ? {} : { behindHours: hours(lastRequest - last) }),
  };
}

/** `[22/Nov/2026:02:55:17 +0000] 127.0.0.1 alice tenant_a http_basic "GET …` */
const auditLine = /^\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} [+-]\d{4}\] \S{1,64} \S/;
const named = /^\[[^\]]{1,40}\] \S{1,64} (?!- )\S/;
const stamp = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})\]/;

function lastTime(lines: readonly string[]): number | null {
  for (const line of [...lines].reverse()) {
    const [, day, month, year, time, zone] = stamp.exec(line) ?? [];
    const at = Date.parse(`${day ?? ''} ${month ?? ''} ${year ?? ''} ${time ?? ''} ${zone ?? ''}`);
    if (!Number.isNaN(at)) return at;
  }
  return null;
}

/** Whole hours, none for less. */
function hours(milliseconds: number): number {
  return Math.max(0, Math.floor(milliseconds / 3_600_000));
}
