import { renderPlan } from '../plan/index';
import { planAll } from '../scan';
import { loadPlace, type TargetOptions } from './load';
import { exitCodes, type Shell } from './shell';

/** `cfy-audit plan`: what a scan would send, as whom, and how long it would take. */
export async function planCommand(
  shell: Shell,
  place: string,
  options: TargetOptions & { readonly json?: boolean },
): Promise<number> {
  const plan = planAll(await loadPlace(shell, place, options));
  shell.out(options.json === true ? `${JSON.stringify(plan, undefined, 2)}\n` : renderPlan(plan));
  return exitCodes.passed;
}
