export { checkResumable } from './resume';
import { apiAuthentication } from './api/authentication';
import { apiAuthorization } from './api/authorization';
import { restContents } from './api/contents';
import { writeGuards, writeIsolation } from './api/write-isolation';
import { managerState } from './api/state';
import { signedInSurface } from './api/surface';
import { apiIsolation } from './api/isolation';
import type { Collector } from './collector';
import { defaultCredentials } from './default-credentials';
import { httpSurface } from './http-surface';
import { httpRedirects } from './http-surface/redirects';
import { logSecrets } from './log-secrets';
import { servedLogs } from './log-secrets/served';
import { logSettings } from './log-secrets/settings';
import { networkListener } from './network-listener';
import { rateLimit } from './rate-limit';
import { softwareVersion } from './software-version';
import { tlsEndpoint } from './tls-endpoint';

export { canaryPlan, canaryPlanting, cleanUp, expectCanaries, readJournal, tellCanaries } from './api/canary';
export type { Journal, WrittenJournal } from './api/canary';

/** Every collector of the product. */
export const collectors: readonly Collector[] = [
  tlsEndpoint,
  networkListener,
  httpSurface,
  httpRedirects,
  softwareVersion,
  defaultCredentials,
  apiAuthentication,
  apiAuthorization,
  restContents,
  writeGuards,
  writeIsolation,
  managerState,
  signedInSurface,
  apiIsolation,
  logSecrets,
  servedLogs,
  logSettings,
  rateLimit,
];
