import type { ArchiveBounds, BrokerPorts, DatabasePorts, ManagerPorts, Target } from '../model/target';
import type { ArchivesEntry, LimitsEntry } from '../model/target-file';

/** The ports of Cloudify 7.1 as installed. */
export const defaultPorts: {
  readonly manager: ManagerPorts;
  readonly broker: BrokerPorts;
  readonly database: DatabasePorts;
} = {
  manager: { http: 80, https: 443, internal: 53333, monitoring: 8009 },
  broker: { amqps: 5671, management: 15671 },
  database: { postgresql: 5432 },
};

/** Requests per second and address that the manager's nginx lets through (Cloudify 7.1 `limit_req`); 503 beyond. */
const managerRateLimit = 10;

/** What is to be said of a rate; null: nothing. */
export function paceWarning(perSecond: number): string | null {
  return perSecond <= managerRateLimit
    ? null
    : `a manager answers 503 beyond ${managerRateLimit} requests a second, and the audit then slows down; more is for a port behind its nginx`;
}

/** Limits with defaults that stay well below what the manager allows. */
export function limitsOf(entry: LimitsEntry = {}): Target['limits'] {
  return {
    requestsPerSecond: entry.requestsPerSecond ?? 7,
    connectTimeoutMs: Math.ceil(1000 * (entry.connectTimeout ?? 10)),
    subjectTimeoutMs: Math.ceil(1000 * (entry.subjectTimeout ?? 60)),
    concurrency: entry.concurrency ?? 4,
    ...(entry.apiRequests === undefined ? {} : { apiRequests: entry.apiRequests }),
    ...(entry.rateLimitTest === undefined ? {} : { rateLimitTest: entry.rateLimitTest }),
  };
}

/** What is downloaded of archives, by a target that asks for some. */
export function archivesOf({ blueprints = 20, plugins = 0, mebibytes = 64 }: ArchivesEntry): ArchiveBounds {
  return { blueprints, plugins, bytes: mebibytes * 1024 * 1024 };
}
