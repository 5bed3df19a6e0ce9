import type { CollectContext } from '../../collector';
import type { Actor } from './actors';
import { judgeAnswer, type Judged } from './answer';
import { canBeWidened, formOf, type Manner } from './form';
import { isGranted, type PermissionTable } from './grants';
import { whoAmI } from './identity';
import type { Question } from './questions';
import { askAs } from './ask';
import type { ApiSession } from '../session';
import { gatherTellings, type Tellings } from '../telling';

/** An actor that is logged in, with the roles that count for it. */
export interface Member {
  readonly actor: Actor;
  readonly roles: readonly string[];
  /** With those it holds in other tenants, which count where all tenants are asked for. */
  readonly everywhere: readonly string[];
}

/** What each member that was asked got from one endpoint. */
export interface Row {
  readonly question: Question;
  readonly answers: ReadonlyMap<Member, Judged>;
  /** The member that should be let in and was asked for it; null: there is none. */
  readonly control: Member | null;
  /** A premium feature that is answered before anybody is asked who he is. */
  readonly isStub: boolean;
}

/** The rows of a matrix; or how far it came, and why it was given up. */
export interface Matrix {
  readonly rows: readonly Row[];
  /** What answers to each member gave away. */
  readonly tellings: ReadonlyMap<Member, Tellings>;
  readonly broken: string | null;
}

/** What a matrix is made of. Members: strongest first. */
export interface MatrixOptions {
  readonly session: ApiSession;
  readonly members: readonly Member[];
  readonly table: PermissionTable;
  /** Named where a body has to name a tenant. */
  readonly tenant: string;
  /** An identifier that nothing in the deployment has. */
  readonly unknownId: string;
}

/** What members were answered before the matrix began: each had told who it is. */
const loggedIn = { path: whoAmI, status: 200, alive: true } as const;

/** Rows that are asked side by side; how many requests the manager bears at once, the session finds out. */
const lanes = 4;

/** Asks all questions; the cells of one endpoint follow each other at once, so that the control is as fresh. */
export async function askMatrix(
  questions: readonly Question[],
  options: MatrixOptions,
  context: CollectContext,
): Promise<Matrix> {
  const rows: (Row | undefined)[] = [];
  const state = { silent: new Set<string>(), broken: null as string | null };
  const { session, members } = options;
  const tellings = new Map(members.map((member) => [member, gatherTellings()]));
  const ask: Ask = async (question, member, manner) => {
    const form = formOf(question, options, manner);
    const result = await askAs(session, member.actor, form, context);
    const { method, path } = form;
    tellings.get(member)?.note(session.door, { method, path, as: member.actor.name }, result, loggedIn);
    const judged = judgeAnswer(result, question.permission === null);
    if (isSilence(judged)) state.silent.add(silenceOf(judged, question, state.silent.size));
    else state.silent.clear();
    if (state.silent.size >= patience) state.broken = judged.reason ?? 'no answer';
    return judged;
  };
  const queue = questions.entries();
  const lane = async (): Promise<void> => {
    for (const [at, question] of queue) {
      if (state.broken !== null || context.signal.aborted) return;
      rows[at] = await askRow(question, at, options, ask);
      context.progress((at + 1) / questions.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { rows: rows.filter((row) => row !== undefined), tellings, broken: state.broken };
}

/** How many members a question will be put to, where all answers are as the community edition's are. */
export function countAsked(question: Question, members: readonly Member[]): number {
  // A community edition answers before it knows who asks, and there it ends.
  return question.route.endpoint.guard === 'stub' ? 1 : askedOf(question, members).length;
}

/** Whom a question will be put to, where the manager's own table is as shipped. */
export function askedOf(question: Question, members: readonly Member[]): readonly Member[] {
  if (question.ask === 'all') return members;
  const { allowed, lacking } = divide(question, members, null);
  return [...allowed.slice(-1), ...chosen(question, 0, lacking)];
}

/** Puts a question to a member. */
type Ask = (question: Question, member: Member, manner: Manner) => Promise<Judged>;

/** Answers in a row that say nothing before the whole matrix is given up. */
const patience = 5;

function isSilence({ observed, status }: Judged): boolean {
  return observed === 'unproven' && (status === null || status >= 500 || status === 429);
}

/** Alike ones count once: where one part of the manager breaks (500), all its endpoints do, and the others may be well. */
function silenceOf({ status }: Judged, { route }: Question, count: number): string {
  return status === 500 ? (route.endpoint.path.split('/')[1] ?? '') : String(count);
}

async function askRow(
  question: Question,
  at: number,
  { members, table }: MatrixOptions,
  ask: Ask,
): Promise<Row> {
  const { allowed, lacking } = divide(question, members, table);
  const answers = new Map<Member, Judged>();
  const put = async (member: Member | undefined): Promise<boolean> => {
    if (member === undefined) return false;
    const judged =
      answers.get(member) ??
      (await (lacking.includes(member) &&
      canBeWidened(question) &&
      !isGranted(question, member.everywhere, table)
        ? askWidened(question, member, ask)
        : ask(question, member, 'plain')));
    answers.set(member, judged);
    return judged.observed === 'answered' || judged.premiumMissing;
  };
  const isStubOf = (member: Member | undefined): boolean =>
    question.route.endpoint.guard === 'stub' &&
    member !== undefined &&
    answers.get(member)?.premiumMissing === true;

  if (question.route.endpoint.guard === 'stub') {
    // What answers the strongest who should be refused like this has no guard in front.
    const [first = members[0]] = lacking;
    await put(first);
    if (isStubOf(first)) return { question, answers, control: null, isStub: true };
  }
  // The weakest who should be let in proves its own cell as well; where it is not, the strongest is the control.
  let control = allowed.at(-1) ?? null;
  if (control !== null && !(await put(control)) && allowed.length > 1 && (await put(allowed[0]))) {
    control = allowed[0] ?? null;
  }
  for (const member of question.ask === 'all' ? members : chosen(question, at, lacking)) await put(member);
  return { question, answers, control, isStub: false };
}

/**
 * Somebody who should be refused asks a list with parameters: a guard that is gone is gone with them as well, and one that
 * they switch off is seen. Only refusals and content count: what is wrong with the parameters may be said before the guard.
 */
async function askWidened(question: Question, member: Member, ask: Ask): Promise<Judged> {
  const widened = await ask(question, member, 'widened');
  if (widened.observed.startsWith('refused')) return widened;
  const plain = await ask(question, member, 'plain');
  const isShown = widened.observed === 'answered' && (widened.status ?? 400) < 300;
  if (!isShown || plain.observed === 'answered') return plain;
  return { ...widened, reason: 'answered only with _include, _all_tenants, _sort and _search' };
}

/** Of those who should be refused, whom a question is put to. `at` spreads those below the strongest over the questions. */
function chosen({ ask }: Question, at: number, lacking: readonly Member[]): readonly Member[] {
  const [strongest, ...others] = lacking;
  if (strongest === undefined || ask === 'lacking' || ask === 'all') return lacking;
  const other = ask === 'spread' && others.length > 1 ? others[at % others.length] : undefined;
  return other === undefined ? [strongest] : [strongest, other];
}

/** Who should be let in by every source there is, and who should be refused by any. Both strongest first. */
function divide(
  question: Question,
  members: readonly Member[],
  table: PermissionTable,
): { readonly allowed: readonly Member[]; readonly lacking: readonly Member[] } {
  const allowed = members.filter((member) => isGranted(question, member.roles, table));
  return { allowed, lacking: members.filter((member) => !allowed.includes(member)) };
}
