import { randomBytes } from 'node:crypto';

/** Names one run: UTC time to the second and four random hex digits; safe in file names and header values. */
export function makeRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
