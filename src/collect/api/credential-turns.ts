import { loadEndpoints, type Route } from './catalogue';
import { oneOfEachKind, type DeadCredential } from './dead-credentials';
import { isForAdministrators, isSecuredList, isSecuredRead } from './guard-classes';
import { whyNever } from './never';

/**
 * Which dead credential each other read of the newest version is shown: every one a single one, in turn, so that one
 * endpoint that lets in what the others refuse has a chance to be met. Lists are shown those of deactivated accounts, what
 * takes an identifier the tokens; where only one sort is declared, it is shown to all.
 */
export function dealDeadCredentials(
  routes: readonly Route[],
  dead: readonly DeadCredential[],
): ReadonlyMap<Route, DeadCredential> {
  const reads = routes.filter(isDealt);
  const few = oneOfEachKind(dead);
  const deactivated = few.filter(isOfDeactivated);
  const tokens = few.filter((each) => !isOfDeactivated(each));
  return new Map([
    ...deal(reads.filter(isSecuredList), deactivated.length > 0 ? deactivated : few),
    ...deal(
      reads.filter((route) => !isSecuredList(route)),
      tokens.length > 0 ? tokens : few,
    ),
  ]);
}

/** Permissions refuse with a 401 whom they know, too: nothing follows from it. */
function isDealt(route: Route): boolean {
  const { endpoint, version } = route;
  const isNewest = version === loadEndpoints().versions.at(-1);
  return (
    isNewest && isSecuredRead(route) && !isForAdministrators(endpoint.path) && whyNever(endpoint) === null
  );
}

function isOfDeactivated({ credential }: DeadCredential): boolean {
  return credential === 'deactivated-password' || credential === 'deactivated-token';
}

function deal(
  routes: readonly Route[],
  dead: readonly DeadCredential[],
): readonly (readonly [Route, DeadCredential])[] {
  return routes.flatMap((route, index) => {
    const each = dead[index % dead.length];
    return each === undefined ? [] : [[route, each] as const];
  });
}
