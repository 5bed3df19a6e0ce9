import { dirname, resolve as resolvePath } from 'node:path';
import type { Target } from '../model/target';
import type { NodeEntry, TargetFile } from '../model/target-file';
import { readTrustAnchors, type TrustAnchors } from './ca-files';
import { certificatesOf, passwordRequests, readCertificateSources } from './certificates';
import { readCrlFiles } from './crl-files';
import { refuseRepeatedNodes, refuseSameListener, tenantsOf } from './consistency';
import { isCredentialPointer, lookUpAll, refuseClearText, type CredentialSources } from './credentials';
import { archivesOf, defaultPorts, limitsOf, paceWarning } from './defaults';
import { readInputFile } from './input-file';
import { checkKnownSecrets, knownSecretRequests, knownSecretsOf } from './known-secrets';
import { readEndpoints } from './endpoints';
import { checkFingerprintKey, expiredWarnings, fingerprintKeyRequests, readAllowed } from './leaks';
import { readLogs } from './logs';
import { monitoringOf, monitoringRequests } from './monitoring';
import { draftNode, finishNode } from './nodes';
import { expand, mapStrings, ReferenceFault, type Environment } from './references';
import { resolveBySystem, type Resolve } from './resolve';
import { checkShape, readTargetText, type TargetText } from './target-text';
import { checkUsers, userRequests, usersOf } from './users';
import { readWeakKeys } from './weak-keys';

/** What loading may use of the world; what is left out has the obvious default. */
export interface LoadOptions {
  readonly environment: Environment;
  /** Asks for a credential at the terminal, without echo. Called last, when all else is in order. */
  readonly prompt: CredentialSources['prompt'];
  readonly resolve?: Resolve;
  readonly readSecret?: CredentialSources['readSecret'];
}

/** A target, checked, and what the auditor should know about its file without its being wrong. */
export interface LoadedTarget {
  readonly target: Target;
  /** `file:line: message (at /pointer)`; no credential in them. */
  readonly warnings: readonly string[];
}

/**
 * Reads a target file and everything it refers to. Throws InputError with file, line and pointer for the first thing
 * that is wrong. Nothing has been sent to the deployment by then: names are resolved, credentials are not tried.
 */
export async function loadTarget(file: string, options: LoadOptions): Promise<LoadedTarget> {
  const text = readTargetText(file);
  refuseClearText(text);
  checkShape(text);
  const entry = expandAll(text, options.environment);
  const folder = dirname(resolvePath(file));
  refuseRepeatedNodes(entry, text);
  const managers = entry.managers.map((node, i) => draftNode(node, 'managers', i, text));
  const brokers = (entry.brokers ?? []).map((node, i) => draftNode(node, 'brokers', i, text));
  const databases = (entry.databases ?? []).map((node, i) => draftNode(node, 'databases', i, text));
  checkUsers(entry.users ?? [], text);
  checkKnownSecrets(entry.secrets ?? [], text);
  const tenants = tenantsOf(entry, text);
  const leaks = entry.leaks ?? {};
  const allowedLeaks = readAllowed(leaks, text);
  const logs = readLogs(entry.logs ?? [], nodeNames(entry), text, folder);
  const sources = readCertificateSources(entry.certificates ?? [], nodeNames(entry), text, folder);
  const internal = anchors(entry.ca?.internal, '/ca/internal', text, folder);
  const external =
    entry.ca?.external === 'system' ? null : anchors(entry.ca?.external, '/ca/external', text, folder);

  const endpoints = readEndpoints(entry.endpoints, text, folder);

  const { resolve = resolveBySystem } = options;
  const target: Omit<Target, 'users'> = {
    name: entry.name,
    version: entry.version ?? null,
    managers: await allInOrder(
      managers.map(async (draft) => ({
        ...(await finishNode(draft, { ...defaultPorts.manager, ...draft.entry.ports }, text, resolve)),
        publicName: draft.publicName,
        networks: draft.networks,
      })),
    ),
    brokers: await allInOrder(
      brokers.map((draft) =>
        finishNode(draft, { ...defaultPorts.broker, ...draft.entry.ports }, text, resolve),
      ),
    ),
    databases: await allInOrder(
      databases.map((draft) =>
        finishNode(draft, { ...defaultPorts.database, ...draft.entry.ports }, text, resolve),
      ),
    ),
    tenants,
    ca: {
      internal: internal?.certificates ?? null,
      external: entry.ca?.external === 'system' ? 'system' : (external?.certificates ?? null),
      ...(entry.ca?.crls === undefined ? {} : { crls: readCrlFiles(entry.ca.crls, text, folder) }),
      ...(entry.ca?.online === undefined
        ? {}
        : { online: entry.ca.online.map((host) => host.toLowerCase().replace(/:80$/, '')) }),
    },
    logs,
    defaults: entry.defaults ?? 'try',
    ...(endpoints === null ? {} : { endpoints }),
    ...(entry.weakKeys === undefined ? {} : { weakKeys: readWeakKeys(entry.weakKeys, text, folder) }),
    ...(entry.isolation === undefined ? {} : { isolation: entry.isolation }),
    ...(entry.archives === undefined ? {} : { archives: archivesOf(entry.archives) }),
    ...(entry.canaries === undefined
      ? {}
      : {
          canaryAccounts: {
            users: entry.canaries.users ?? entry.canaries.tenants ?? false,
            tenants: entry.canaries.tenants ?? false,
          },
        }),
    ...(entry.support === undefined ? {} : { support: entry.support as Readonly<Record<string, string>> }),
    vantage: entry.vantage ?? null,
    limits: limitsOf(entry.limits),
  };
  refuseSameListener(target.managers, text);
  const { secrets, warnings } = await lookUpAll(
    [
      ...userRequests(entry.users ?? []),
      ...knownSecretRequests(entry.secrets ?? []),
      ...fingerprintKeyRequests(leaks),
      ...monitoringRequests(entry),
      ...passwordRequests(entry.certificates ?? []),
    ],
    text,
    folder,
    {
      environment: options.environment,
      readSecret: options.readSecret ?? ((path) => readInputFile(path, 64 * 1024)),
      prompt: options.prompt,
    },
  );
  const fingerprintKey = secrets.get('/leaks/fingerprintKey');
  checkFingerprintKey(fingerprintKey, text);
  return {
    target: {
      ...target,
      ...(allowedLeaks.length === 0 ? {} : { allowedLeaks }),
      ...(fingerprintKey === undefined ? {} : { fingerprintKey }),
      users: usersOf(entry.users ?? [], secrets),
      ...monitoringOf(entry, secrets),
      ...(entry.certificates === undefined ? {} : { certificates: certificatesOf(sources, secrets) }),
      ...(entry.secrets === undefined ? {} : { knownSecrets: knownSecretsOf(entry.secrets, secrets) }),
    },
    warnings: [
      ...(internal?.warnings ?? []),
      ...(external?.warnings ?? []),
      ...warnings,
      ...expiredWarnings(allowedLeaks, new Date().toISOString().slice(0, 10), text),
      ...paceWarnings(target, text),
    ],
  };
}

/** Expands references in all strings but credentials, which are looked up one by one at the end. */
function expandAll(text: TargetText, environment: Environment): TargetFile {
  return mapStrings(text.value, (string, pointer) => {
    if (isCredentialPointer(pointer)) return string;
    try {
      const expanded = expand(string, environment);
      if (expanded.trim() === '') throw text.fault(pointer, 'the value is empty');
      if (/\p{Cc}/u.test(expanded)) throw text.fault(pointer, 'the value holds a control character');
      return expanded;
    } catch (error) {
      if (error instanceof ReferenceFault) throw text.fault(pointer, error.message);
      throw error;
    }
  }) as TargetFile;
}

/** Like Promise.all, but of several failures the first in the file is told, not the first in time. */
async function allInOrder<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(work);
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** Node names with the pointer of their first declaration. */
function nodeNames(file: TargetFile): ReadonlyMap<string, string> {
  const lists = ['managers', 'brokers', 'databases'] as const;
  const named = lists.flatMap((list) =>
    ((file[list] ?? []) as readonly NodeEntry[]).map(
      ({ name }, index) => [name, `/${list}/${index}/name`] as const,
    ),
  );
  return new Map(named.reverse());
}

function anchors(
  entry: string | readonly string[] | undefined,
  pointer: string,
  text: TargetText,
  folder: string,
): TrustAnchors | null {
  return entry === undefined ? null : readTrustAnchors(entry, pointer, text, folder);
}

function paceWarnings({ limits }: Pick<Target, 'limits'>, text: TargetText): readonly string[] {
  const warning = paceWarning(limits.requestsPerSecond);
  return warning === null ? [] : [text.fault('/limits/requestsPerSecond', warning).describe()];
}
