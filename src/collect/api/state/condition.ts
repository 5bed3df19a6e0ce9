import type { ManagerCondition } from '../../../model/manager-state';
import { headerValues } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { isRouteless } from '../attempt';
import { loadEndpoints, type Route } from '../catalogue';
import { harmlessPath } from '../paths';
import type { Found } from './accounts';
import { daysTo, isObject, itemsOf, textOf } from './facts';
import type { Reader, Told } from './reader';

/** Whether the manager is in maintenance, healthy and licensed, and whether the catalogue of endpoints is about it. */
export async function readCondition(
  reader: Reader,
  node: string,
  templates: readonly CataloguePath[],
  context: CollectContext,
): Promise<Found<ManagerCondition>> {
  const version = await reader.read('/api/v3.1/version', context);
  const maintenance = await reader.read('/api/v3.1/maintenance', context);
  const status = await reader.read('/api/v3.1/status', context);
  const license = await reader.read('/api/v3.1/license', context);
  const told = [version, maintenance, status].find((each) => each.ok);
  if (told?.ok !== true) {
    const { reason, supply } = version as Exclude<Told, { ok: true }>;
    return { unavailable: reason, ...(supply === undefined ? {} : { supply }) };
  }
  const services = status.ok && isObject(status.body.services) ? Object.entries(status.body.services) : [];
  return {
    node,
    as: told.as,
    version: version.ok ? textOf(version.body.version) : null,
    edition: version.ok ? textOf(version.body.edition) : null,
    maintenance: maintenance.ok ? textOf(maintenance.body.status) : null,
    health: status.ok ? textOf(status.body.status) : null,
    down: services.flatMap(([name, service]) =>
      isObject(service) && service.status === 'Inactive' ? [textOf(name) ?? ''] : [],
    ),
    ...licenseFacts(license, context.now()),
    catalogue: await compareCatalogue(reader, templates, context),
  };
}

/** One path of the catalogue with every method that it has there. */
export interface CataloguePath {
  readonly template: string;
  readonly path: string;
  readonly methods: readonly string[];
}

/** The paths that are held against the manager: one of each API version, or all. */
export function cataloguePaths(routes: readonly Route[], all: boolean): readonly CataloguePath[] {
  const paths = new Map<string, { path: string; methods: string[] }>();
  for (const route of routes) {
    const before = paths.get(route.template);
    if (before) before.methods.push(route.endpoint.method);
    else paths.set(route.template, { path: harmlessPath(route), methods: [route.endpoint.method] });
  }
  const entries = [...paths].map(([template, { path, methods }]) => ({ template, path, methods }));
  return all ? entries : entries.filter(({ template }) => telling.test(template));
}

/** Grew from version to version, so that their methods tell versions apart; the last two are of 6 and 7 alone. */
const telling = /^\/api\/(v[\d.]+\/(plugins|blueprints\/\{\w+\}|tokens|searches\/workflows)|version)$/;

async function compareCatalogue(
  { session }: Reader,
  templates: readonly CataloguePath[],
  context: CollectContext,
): Promise<ManagerCondition['catalogue']> {
  const missing: string[] = [];
  const unknown: string[] = [];
  let asked = 0;
  const isAlive = (await session.liveness(context)).alive;
  for (const { template, path, methods } of isAlive ? templates : []) {
    const result = await session.ask({ method: 'OPTIONS', path, secret: false }, context);
    if (result.kind === 'failure') continue;
    const offered = headerValues(result.headers, 'allow').flatMap((value) =>
      value.split(',').map((name) => name.trim().toUpperCase()),
    );
    // Only the REST service itself says what it mounts.
    if (!isRouteless(result) && (result.status !== 200 || offered.length === 0)) continue;
    asked++;
    missing.push(...methods.filter((name) => !offered.includes(name)).map((name) => `${name} ${template}`));
    const known = new Set([...methods, 'HEAD', 'OPTIONS']);
    unknown.push(
      ...offered
        .filter((name) => /^[A-Z]{3,10}$/.test(name) && !known.has(name))
        .map((name) => `${name} ${template}`),
    );
  }
  return { manager: loadEndpoints().manager, asked, missing, unknown };
}

function licenseFacts(told: Told, now: Date): Pick<ManagerCondition, 'license' | 'licenseDays'> {
  if (!told.ok) {
    const isCommunity = told.code === 'missing_premium_package_error';
    return { license: isCommunity ? 'not-needed' : null, licenseDays: null };
  }
  if (!Array.isArray(told.body.items)) return { license: null, licenseDays: null };
  const [license] = itemsOf(told.body);
  if (license === undefined) return { license: 'none', licenseDays: null };
  const licenseDays = daysTo(license.expiration_date, now);
  const isOver = license.expired === true || (licenseDays !== null && licenseDays < 0);
  return { license: isOver ? 'expired' : 'valid', licenseDays };
}
