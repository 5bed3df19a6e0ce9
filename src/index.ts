/**
 * The public API: the stages of the pipeline, and the types that travel between them.
 *
 *     const target = await loadTarget('target.yaml', …);
 *     const bundle = await collect(target, { … });
 *     const report = judge(bundle, loadJudge({ profile: 'base' }));
 *     const html = render('html', report);
 */
import type { Report } from './model/report';
import { loadFormat, type FormatId, type RenderOptions } from './report/index';

export { collectAll as collect, judge, loadJudge, planAll as plan } from './scan';
export type { Judge, JudgeOptions } from './scan';
export type { Progress, RunOptions } from './collect/run';
export { loadTarget, targetOfUrl } from './plan/index';
export { readBundle } from './schema/evidence';
export { formatIds } from './report/index';
export type { FormatId, RenderOptions } from './report/index';
export { InputError } from './model/errors';
export { secret } from './model/target';
export type * from './model/evidence';
export type * from './model/finding';
export type * from './model/http-surface';
export type * from './model/log-secrets';
export type * from './model/network-listener';
export type * from './model/report';
export type * from './model/rule';
export type { Target } from './model/target';
export type * from './model/tls-endpoint';
export type * from './model/waiver';

/** Renders a report. Pure: the same report, format and options give the same bytes. */
export function render(format: FormatId, report: Report, options?: RenderOptions): string {
  return loadFormat(format).render(report, options);
}
