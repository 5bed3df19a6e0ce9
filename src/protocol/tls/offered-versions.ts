import { nameAlert, nameVersion, tlsVersions, type TlsVersion } from './versions';
import { offer, type HelloAnswer } from './offer';
import { trouble, type Outcome } from '../tcp/connect';
import type { TlsRoute } from './open';

/** Whether one version is offered. `inconclusive`: the listener said neither yes nor no. */
export interface VersionAnswer {
  readonly answer: 'accepted' | 'refused' | 'inconclusive';
  /** Why, where the answer alone could mislead; null otherwise. */
  readonly note: string | null;
}

/** Connections that `offeredVersions` opens at most: one a version, and two more to confirm each silent close. */
export const offeredVersionsConnections = 5 + 4 * 2;

/** The order of asking: what should work comes first, so that a control exists when something is closed on. */
const order: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3', 'TLSv1.1', 'TLSv1', 'SSLv3'];

/**
 * Asks for each protocol version in a hello of its own. A refusal needs proof: an alert that says so, or a close that
 * repeats while a hello for another version is accepted in between. Anything else is inconclusive, as is everything
 * when no version was accepted at all.
 */
export async function offeredVersions(route: TlsRoute): Promise<Readonly<Record<TlsVersion, VersionAnswer>>> {
  const ask = patiently(route);
  const answers = new Map<TlsVersion, VersionAnswer>();
  const closed: TlsVersion[] = [];
  for (const version of order) {
    const outcome = await ask(version);
    if (wasClosed(outcome)) closed.push(version);
    answers.set(version, judge(version, outcome));
  }
  const control = order.find((version) => answers.get(version)?.answer === 'accepted');
  // Without a control nothing can be confirmed, and closes stay inconclusive.
  for (const version of control ? closed : []) {
    answers.set(version, await confirmClose(ask, version, control ?? 'TLSv1.2'));
  }
  const result = (version: TlsVersion): VersionAnswer => {
    const found = answers.get(version) ?? { answer: 'inconclusive', note: null };
    if (control !== undefined || found.answer !== 'refused') return found;
    return {
      answer: 'inconclusive',
      note: `${found.note ?? 'refused'}, but no other version was accepted either`,
    };
  };
  return {
    SSLv3: result('SSLv3'),
    TLSv1: result('TLSv1'),
    'TLSv1.1': result('TLSv1.1'),
    'TLSv1.2': result('TLSv1.2'),
    'TLSv1.3': result('TLSv1.3'),
  };
}

type Ask = (version: TlsVersion, compact?: boolean) => Promise<Outcome<HelloAnswer>>;

/** A listener that stalls would stall for every hello: two waits are enough to know, and keep within the deadline. */
function patiently(route: TlsRoute): Ask {
  let waits = 0;
  return async (version, compact = false) => {
    if (waits >= 2) return trouble('timeout', 'not asked, because two earlier hellos had no answer in time');
    const outcome = await offer(route, version, 'hello', compact);
    if (!outcome.ok && (outcome.trouble.kind === 'timeout' || outcome.trouble.kind === 'filtered')) waits++;
    return outcome;
  };
}

/** Alerts that answer the question put: not this version (70), or nothing in common under it (40, 71). */
const protocolVersion = 70;
const noCommonGround: readonly number[] = [40, 71];

function judge(version: TlsVersion, outcome: Outcome<HelloAnswer>): VersionAnswer {
  if (!outcome.ok) return { answer: 'inconclusive', note: outcome.trouble.detail };
  const answer = outcome.value;
  if (answer.kind === 'alert') {
    if (answer.alert === protocolVersion) return { answer: 'refused', note: null };
    const note = `answered with the alert ${nameAlert(answer.alert)}`;
    if (!noCommonGround.includes(answer.alert)) return { answer: 'inconclusive', note };
    // OpenSSL built without SSLv3 does not know its number and says 40 as well.
    if (version === 'SSLv3') return { answer: 'refused', note: null };
    // RabbitMQ with Cloudify's settings: TLS 1.1 is switched on there, but no cipher suite is left for it.
    return {
      answer: 'refused',
      note: `${note}: the version may be switched on, but has no usable cipher suite`,
    };
  }
  const chosen = answer.flight.hello?.version;
  if (chosen === tlsVersions[version]) return { answer: 'accepted', note: null };
  return chosen !== undefined && chosen < tlsVersions[version]
    ? { answer: 'refused', note: `answered with ${nameVersion(chosen)} instead` }
    : { answer: 'inconclusive', note: 'answered with a version that was not offered' };
}

/** The same hello again, made small (some stacks drop large ones), right after a control hello went through. */
async function confirmClose(ask: Ask, version: TlsVersion, control: TlsVersion): Promise<VersionAnswer> {
  const alive = judge(control, await ask(control));
  if (alive.answer !== 'accepted') {
    return {
      answer: 'inconclusive',
      note: `closed without an answer, and ${control} was not accepted either by then`,
    };
  }
  const again = await ask(version, true);
  return wasClosed(again)
    ? { answer: 'refused', note: `closed without an answer twice, while ${control} was accepted` }
    : judge(version, again);
}

function wasClosed(outcome: Outcome<HelloAnswer>): boolean {
  return !outcome.ok && (outcome.trouble.kind === 'closed' || outcome.trouble.kind === 'reset');
}
