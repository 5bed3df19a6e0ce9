import { createHash } from 'node:crypto';
import type { Asked } from '../../fixtures/deployment/rest/fault';

/** `METHOD /api/version/path/{parameter}`, as the scanner names the route of a request. */
export function placeOf({ route, request }: Asked): string {
  const [, , version = ''] = request.path.split('/');
  const prefix = /^v[\d.]+$/.test(version) ? `/api/${version}` : '/api';
  return `${route.method} ${prefix}/${route.path.replace(/<(\w+)(?:\.\.\.)?>/g, '{$1}')}`;
}

/** Puts a name into one of so many groups, the same at every run. */
export function groupOf(name: string, groups: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % groups;
}
