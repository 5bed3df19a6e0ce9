import { knownRoles } from '../../../src/collect/api/authorization/actors';
import type { Member } from '../../../src/collect/api/authorization/matrix';
import { askedOf } from '../../../src/collect/api/authorization/matrix';
import { questionsOf } from '../../../src/collect/api/authorization/questions';
import { loadEndpoints, routesOf, securedPathsOf, type Route } from '../../../src/collect/api/catalogue';
import { isTriedWithCredentials } from '../../../src/collect/api/credential-task';
import { guardClassOf, guardKindOf, guardKinds, holdersOf } from '../../../src/collect/api/guard-classes';
import { whyNever } from '../../../src/collect/api/never';
import { smokeCredentials, smokeExamples, smokeRoutes } from '../../../src/collect/api/smoke';
import { isRepresentative, strangersOf } from '../../../src/collect/api/stranger-attempts';
import { pathForms, strangerCredentials } from '../../../src/collect/api/strangers';
import { requestsOf } from '../../../src/collect/http-surface/requests';

const catalogue = loadEndpoints();
const newest = catalogue.versions.at(-1);
const routes = routesOf();
const sendable = routes.filter(({ endpoint }) => endpoint.probe !== 'never');
const chosen = smokeRoutes(routes);
const examples = smokeExamples(routes);
const sent = chosen.flatMap((route) =>
  strangersOf(route, 'smoke', examples).map((attempt) => ({ route, ...attempt })),
);

const sorted = (words: Iterable<string>): readonly string[] => [...new Set(words)].sort();

test('every kind of guard is one of some endpoint, and no guard is of none', () => {
  const guarded = [...sendable, ...securedPathsOf()];
  expect(sorted(guarded.map(guardKindOf))).toEqual(sorted(Object.keys(guardKinds)));
});

test('every class of guard is asked without credentials, in every version that has it', () => {
  const classOf = (route: Route): string => `${route.version} ${guardClassOf(route)}`;
  const asked = sent.filter(({ credential, form }) => credential === 'none' && form === 'plain');
  expect(sorted(asked.map(({ route }) => classOf(route)))).toEqual(sorted(sendable.map(classOf)));
});

test('every guard behind which a method makes a difference is asked by each of its methods', () => {
  const guarded = (route: Route): boolean =>
    route.version === newest && !['open', 'cookie', 'stub', 'premium'].includes(guardKindOf(route));
  const actionOf = (route: Route): string => `${route.endpoint.method} ${guardClassOf(route)}`;
  expect(sorted(chosen.filter(guarded).map(actionOf))).toEqual(
    sorted(sendable.filter(guarded).map(actionOf)),
  );
});

test('each kind of guard is shown what belongs to nobody, and one endpoint everything', () => {
  for (const [kind, credentials] of Object.entries(smokeCredentials)) {
    const shown = sent.filter(({ route }) => route.version === newest && guardKindOf(route) === kind);
    expect([kind, sorted(shown.map(({ credential }) => credential))]).toEqual([
      kind,
      expect.arrayContaining([...credentials]),
    ]);
  }
  const everything = sent.filter(({ route }) => isRepresentative(route));
  expect(sorted(everything.map(({ credential }) => credential))).toEqual(
    // But for ways to write the scheme: one of them will do.
    sorted([
      'none',
      'method-override',
      ...strangerCredentials.filter((each) => each !== 'odd-case-scheme' && each !== 'lower-case-scheme'),
    ]),
  );
  expect(sorted(everything.map(({ form }) => form))).toEqual(sorted(['plain', ...pathForms]));
  expect(sorted(everything.map(({ over }) => over))).toEqual(
    sorted(['rest-external', 'rest-internal', 'http', 'rest-local', 'api-local']),
  );
});

test('what nginx guards is asked with nothing, and with what is no longer right', () => {
  const anonymous = requestsOf('rest-external', true).map(({ path }) => path);
  expect(anonymous).toEqual(expect.arrayContaining(['/resources/blueprints/', '/api/v3.1/audit']));
  const tried = [...chosen, ...securedPathsOf()].filter((route) => isTriedWithCredentials(route, 'smoke'));
  expect(sorted(tried.map(({ template }) => template))).toEqual(
    sorted([
      ...catalogue.versions.map((version) => `/api/${version}/blueprints`),
      '/resources/blueprints/default_tenant/',
      '/api/v3.1/audit',
    ]),
  );
});

describe('roles', () => {
  const members = knownRoles.map((role): Member => {
    const user = { name: role, username: role, password: null, token: null, tenants: {}, systemRole: null };
    return { actor: { name: role, user, role, tenant: null }, roles: [role], everywhere: [role] };
  });
  const guarded = questionsOf(catalogue, routesOf(), 'full').asked.filter(
    ({ route }) => route.endpoint.guard !== 'stub' && whyNever(route.endpoint) === null,
  );
  const { asked } = questionsOf(catalogue, routesOf(), 'smoke');

  test('of endpoints for the same roles one is put to everybody', () => {
    const of = (questions: typeof asked): readonly string[] =>
      sorted(questions.filter(({ route }) => route.version === newest).map(({ route }) => holdersOf(route)));
    expect(of(asked.filter(({ ask }) => ask === 'all'))).toEqual(of(guarded));
    for (const question of asked.filter(({ ask }) => ask === 'all')) {
      expect(askedOf(question, members).map(({ actor }) => actor.role)).toEqual([...knownRoles]);
    }
  });

  test('each class of guard and method is asked by somebody who may and somebody who may not', () => {
    const keyOf = ({ route }: (typeof asked)[number]): string =>
      `${guardKindOf(route) === 'premium' ? 'any' : route.endpoint.method} ${guardClassOf(route)} ${holdersOf(route)}`;
    const latest = (questions: typeof asked): readonly string[] =>
      sorted(
        questions
          .filter(({ route }) => route.version === newest && route.endpoint.guard !== 'stub')
          .map(keyOf),
      );
    expect(latest(asked)).toEqual(latest(guarded));
    for (const question of asked.filter(({ route }) => route.endpoint.guard !== 'stub')) {
      const roles = askedOf(question, members).map(({ actor }) => actor.role);
      const may = roles.filter((role) => question.roles.includes(role));
      const isForAll = knownRoles.every((role) => question.roles.includes(role));
      expect([question.id, may.length > 0, isForAll || roles.length > may.length]).toEqual([
        question.id,
        true,
        true,
      ]);
    }
  });

  test('whatever elevates is asked, and of every older version something that few may do and something that changes', () => {
    const elevating = (questions: typeof asked): readonly string[] =>
      sorted(
        questions.filter(({ elevates, route }) => elevates && route.version === newest).map(({ id }) => id),
      );
    expect(elevating(asked)).toEqual(elevating(questionsOf(catalogue, routesOf(), 'full').asked));
    for (const version of catalogue.versions.slice(0, -1)) {
      const methods = asked
        .filter(({ route }) => route.version === version)
        .map(({ route }) => route.endpoint.method);
      expect([version, methods.some((method) => method !== 'GET')]).toEqual([version, true]);
    }
  });
});

test('the same endpoints are chosen each time, and all that the auditor adds', () => {
  expect(smokeRoutes(routesOf())).toEqual(chosen);
  const added = routesOf([
    {
      id: 'GET /own',
      method: 'GET',
      path: '/own',
      versions: ['v3.1'],
      permission: 'blueprint_list',
      probe: 'read',
    },
  ]);
  expect(smokeRoutes(added).map(({ endpoint }) => endpoint.id)).toContain('GET /own');
});
