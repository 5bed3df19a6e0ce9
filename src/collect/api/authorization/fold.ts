import type { ApiAuthorization, AuthorizationCell } from '../../../model/api-authorization';
import type { EndpointCatalogue } from '../../../model/endpoint';
import type { Judged } from './answer';
import { declaredGrant, differencesOf, shippedGrant, type PermissionTable } from './grants';
import type { Matrix, Member, Row } from './matrix';
import type { Questions } from './questions';
import type { Door } from '../doors';

/** What all actors' evidence shares. */
export interface Shared {
  readonly rows: readonly Row[];
  readonly tellings: Matrix['tellings'];
  readonly questions: Questions;
  readonly catalogue: EndpointCatalogue;
  readonly table: PermissionTable;
  readonly place: Door;
  readonly plan: ApiAuthorization['plan'];
}

/** The evidence of one actor: what came out as shipped, declared and proven by name only, the rest cell by cell. */
export function foldActor(member: Member, shared: Shared): ApiAuthorization {
  const { actor, roles } = member;
  const { place, table, questions, catalogue, plan } = shared;
  const rows = shared.rows.filter((row) => !row.isStub && row.answers.has(member));
  const cells = rows.map((row) => cellOf(row, member, table));
  const settled = cells.filter(isSettled);
  const endpoints = (observed: AuthorizationCell['observed']): readonly string[] =>
    settled.filter((cell) => cell.observed === observed).map(({ endpoint }) => endpoint);
  const stubs = shared.rows.filter((row) => row.isStub).map(({ question }) => question.id);
  const refused = settled.filter(({ observed }) => observed !== 'answered');
  return {
    actor: actor.name,
    role: actor.role,
    tenant: actor.tenant,
    administrator: actor.role === 'sys_admin',
    roles,
    node: place.node,
    address: place.address,
    port: place.port,
    plan,
    tableRead: table !== null,
    asked: cells.length,
    notAsked: questions.guarded - cells.length - stubs.length,
    refused: endpoints('refused'),
    refusedUnnamed: endpoints('refused-unnamed'),
    answered: endpoints('answered'),
    administrativeRefused: refused.filter(({ administrative }) => administrative).length,
    elevationRefused: refused.filter(({ elevates }) => elevates).length,
    cells: cells.filter((cell) => !isSettled(cell)),
    differences: differencesOf(catalogue.permissions, roles, table),
    stubs,
    notSent: questions.notSent,
    ...shared.tellings.get(member)?.found,
  };
}

function cellOf(row: Row, member: Member, table: PermissionTable): AuthorizationCell {
  const { question, control } = row;
  const judged = answerOf(row, member);
  const cell = {
    endpoint: question.id,
    permission: question.permission,
    administrative: question.administrative,
    elevates: question.elevates,
    shipped: shippedGrant(question, member.roles),
    declared: declaredGrant(question.permission, member.roles, table),
    observed: judged.observed,
    named: judged.named,
    status: judged.status,
    reason: judged.reason,
    control:
      control === null || control === member
        ? null
        : { actor: control.actor.name, observed: answerOf(row, control).observed },
  };
  const doubt =
    cell.shipped === 'withheld' || cell.declared === 'withheld' ? doubtOf(cell, member, table) : null;
  return doubt === null ? cell : { ...cell, observed: 'unproven', reason: doubt };
}

/** Why a refusal proves nothing; null where it does, or where there was none. */
function doubtOf(cell: AuthorizationCell, { roles }: Member, table: PermissionTable): string | null {
  if (cell.observed !== 'refused' && cell.observed !== 'refused-unnamed') return null;
  if (cell.control?.observed !== 'answered') {
    return cell.control === null
      ? 'refused, but no declared actor is allowed to use it, so that nothing shows what is refused'
      : `refused, but ${cell.control.actor}, who is allowed to use it, got no answer either`;
  }
  if (cell.named === null || cell.named === cell.permission) return null;
  // Another guard than the catalogue knows, as in another version: it will do if it keeps the same actor out.
  return declaredGrant(cell.named, roles, table) === 'withheld'
    ? null
    : `refused for lack of ${cell.named}, not of ${String(cell.permission)}`;
}

/**
 * Some premium features answer 404 behind the guard. That they stand behind one is shown by somebody who was refused.
 */
function answerOf({ answers }: Row, member: Member): Judged {
  const judged = answers.get(member);
  if (judged === undefined) {
    return { observed: 'unproven', named: null, status: null, reason: 'not asked', premiumMissing: false };
  }
  const isGuarded = [...answers.values()].some(({ observed }) => observed === 'refused');
  return judged.premiumMissing && isGuarded ? { ...judged, observed: 'answered', reason: null } : judged;
}

/** As shipped, as declared where anything is, and proven. */
function isSettled({ shipped, declared, observed }: AuthorizationCell): boolean {
  if (declared !== 'unknown' && declared !== shipped) return false;
  if (observed === 'unproven') return false;
  return (observed === 'answered') === (shipped === 'granted');
}
