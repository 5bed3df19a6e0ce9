import { randomBytes } from 'node:crypto';
import type { PathForm, ShownCredential } from '../../model/api-authentication';
import type { HeaderList } from '../../protocol/http';
import { basic } from './credentials';

/** What somebody shows who has no account: nothing, or something that belongs to nobody. */
export type StrangerCredential = Exclude<
  ShownCredential,
  | 'wrong-password'
  | 'tampered-token'
  | 'expired-token'
  | 'revoked-token'
  | 'deactivated-password'
  | 'deactivated-token'
>;

/** Every kind but `none` and `method-override`, which is about the method, in the order in which they are tried. */
export const strangerCredentials: readonly StrangerCredential[] = [
  'unknown-token',
  'unknown-user',
  'malformed-token',
  'proxy-headers',
  'unknown-execution-token',
  'empty-headers',
  'malformed-basic',
  'odd-case-scheme',
  'upper-case-scheme',
  'lower-case-scheme',
  'bearer-token',
  'duplicated-headers',
  'unknown-cookie',
  'unknown-remember-cookie',
  'empty-password',
  'unheeded-headers',
];

/** The headers of a stranger; new random values every time, so that none can be an account's. */
export function strangerHeaders(credential: StrangerCredential): HeaderList {
  const nobody = `cfy-audit-${randomText(12)}`;
  switch (credential) {
    case 'none':
      return [];
    case 'empty-headers':
      return [
        ['Authentication-Token', ''],
        ['Authorization', ''],
        ['Execution-Token', ''],
      ];
    case 'malformed-token':
      return [['Authentication-Token', randomText(24)]];
    case 'unknown-token':
      return [['Authentication-Token', unknownToken()]];
    case 'unknown-user':
      return [['Authorization', basic(nobody, randomText(16))]];
    case 'malformed-basic':
      return [['Authorization', `Basic ${Buffer.from(nobody).toString('base64')}`]];
    case 'odd-case-scheme':
      return [['AUTHORIZATION', basic(nobody, randomText(16)).replace('Basic', 'bAsIC')]];
    case 'upper-case-scheme':
      return [['Authorization', basic(nobody, randomText(16)).replace('Basic', 'BASIC')]];
    case 'lower-case-scheme':
      return [['Authorization', basic(nobody, randomText(16)).replace('Basic', 'basic')]];
    case 'bearer-token':
      // Cloudify 7.1 knows no Bearer scheme; a proxy or a plugin may.
      return [['Authorization', `Bearer ${unknownToken()}`]];
    case 'duplicated-headers':
      return [
        ['Authentication-Token', unknownToken()],
        ['Authentication-Token', unknownToken()],
      ];
    case 'proxy-headers':
      return proxyHeaders;
    case 'unknown-execution-token':
      return [['Execution-Token', randomText(24)]];
    case 'unknown-cookie':
      // One endpoint of the manager logs in by the first of these (Cloudify 7.1); the other is Flask's own.
      return [['Cookie', `XSRF-TOKEN=${unknownToken()}; session=${randomText(32)}`]];
    case 'unknown-remember-cookie':
      // Flask-Login's own. Where it is sent, nothing else of the request is looked at.
      return [['Cookie', `remember_token=0|${nobody}`]];
    case 'empty-password':
      // A directory takes a name without a password for an anonymous log-in, and says that it went well (RFC 4513 §5.1.2).
      return [['Authorization', basic(nobody, '')]];
    case 'unheeded-headers':
      // Cloudify 7.1 heeds none of these, so that none keeps another from being heeded where a guard does.
      return [
        ...proxyHeaders,
        ...methodOverrides,
        ['Authorization', `Bearer ${unknownToken()}`],
        ['Cookie', `session=${randomText(32)}`],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-Requested-With', 'XMLHttpRequest'],
      ];
    case 'method-override':
      return methodOverrides;
  }
}

/**
 * What a proxy that logs users in would add, what nginx adds for the file server, and the path before a rewrite, which
 * frameworks and gateways take for the one that is asked for. It names an endpoint that is open.
 */
const proxyHeaders: HeaderList = [
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Remote-User', 'admin'],
  ['Remote-User', 'admin'],
  ['X-Forwarded-User', 'admin'],
  ['X-Original-URI', '/api/v3.1/ok'],
  ['X-Original-URL', '/api/v3.1/ok'],
  ['X-Rewrite-URL', '/api/v3.1/ok'],
];

const methodOverrides: HeaderList = [
  ['X-HTTP-Method-Override', 'GET'],
  ['X-Method-Override', 'GET'],
  ['X-HTTP-Method', 'GET'],
];

/** A path as proxies and frameworks may take it for the plain one. `legacy-rewrite` is nginx's own, made elsewhere. */
export function writePath(plain: string, form: Exclude<PathForm, 'legacy-rewrite'>): string {
  const slash = plain.lastIndexOf('/');
  const folder = plain.slice(0, slash);
  const name = plain.slice(slash + 1);
  switch (form) {
    case 'plain':
      return plain;
    case 'double-slash':
      return `${folder}//${name}`;
    case 'dot-segment':
      return `${folder}/./${name}`;
    case 'parent-segment':
      // Through a path that is open.
      return `${folder}/ok/../${name}`;
    case 'encoded-letter':
      return `${folder}/%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
    case 'encoded-slash':
      return `${folder}%2f${name}`;
    case 'encoded-dot':
      return `${folder}/%2e/${name}`;
    case 'path-parameter':
      return `${folder}/${name};.json`;
    case 'trailing-slash':
      return `${plain}/`;
    case 'upper-case':
      return plain.toUpperCase();
  }
}

/** Every form but the plain one. */
export const pathForms = [
  'double-slash',
  'encoded-letter',
  'dot-segment',
  'parent-segment',
  'encoded-slash',
  'encoded-dot',
  'path-parameter',
  'trailing-slash',
  'upper-case',
] as const;

/** A token of the manager's shape that belongs to nobody: `ctok-<10>-<40>` (Cloudify 7.1). */
function unknownToken(): string {
  return `ctok-${randomText(10)}-${randomText(40)}`;
}

/** Letters and digits, as the manager's own generator picks them. */
export function randomText(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}
