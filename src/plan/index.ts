export { readCaFile } from './ca-files';
export { paceWarning } from './defaults';
export { loadTarget, type LoadedTarget, type LoadOptions } from './load-target';
export { targetOfUrl } from './url-target';
export type { Resolve } from './resolve';
export { makePlan, type Plan } from './plan';
export { duration, renderPlan } from './render-plan';
export { targetTemplate } from './target-template';
