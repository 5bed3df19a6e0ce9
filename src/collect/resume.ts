import { InputError } from '../model/errors';
import type { Evidence, EvidenceBundle, TargetSummary } from '../model/evidence';
import type { Target } from '../model/target';
import { digest } from '../schema/canonical';
import type { Collector, Task } from './collector';
import { summarise } from './summarise';

/** What an earlier run leaves to do, and what of its evidence is kept. */
export interface Remainder {
  readonly kept: readonly Evidence[];
  readonly tasks: readonly Task[];
}

/**
 * Divides the tasks of a collector by an earlier bundle: what was observed, or is not there, is not looked at again; what
 * could not be looked at is.
 */
export function remainderOf(
  { types, keeps }: Collector,
  tasks: readonly Task[],
  earlier: EvidenceBundle,
): Remainder {
  const known = new Map<string, Evidence>();
  for (const each of earlier.evidence) {
    if (types.includes(each.type)) known.set(`${each.type} ${each.subject.id}`, each);
  }
  const foundBy = ({ type, subject, yields = [subject.id] }: Task): readonly Evidence[] | null => {
    const found = yields.flatMap((id) => known.get(`${type} ${id}`) ?? []);
    const isDone = found.every(({ state }) => state === 'observed' || state === 'absent');
    return isDone && found.length === yields.length ? found : null;
  };
  const rest = tasks.filter((task) => foundBy(task) === null);
  if (keeps === 'nothing' || (keeps === 'whole' && rest.length > 0)) return { kept: [], tasks };
  return { kept: tasks.flatMap((task) => foundBy(task) ?? []), tasks: rest };
}

/** Refuses a bundle that another target, or another version, made. Throws InputError. */
export function checkResumable(earlier: EvidenceBundle, target: Target, version: string): void {
  if (earlier.tool.version !== version) {
    throw new InputError(
      `it was collected by cfy-audit ${earlier.tool.version}, this is ${version}: collect anew, because evidence may differ`,
    );
  }
  if (earlier.run.writes === true || target.writes === true) {
    throw new InputError('a run that may write cannot be resumed: its canaries are gone');
  }
  const here = summarise(target);
  const fields = [...new Set(Object.keys({ ...earlier.target, ...here }))] as (keyof TargetSummary)[];
  const differing = fields.filter((key) => digest([here[key]]) !== digest([earlier.target[key]]));
  if (differing.length === 0) return;
  const [first = 'name'] = differing;
  const [was, is] = [earlier.target, here].map((summary) => JSON.stringify(summary[first] ?? null));
  throw new InputError(
    `it was collected of another target: ${differing.join(', ')} differ (${first} was ${String(was)}, is ${String(is)})`,
  );
}
