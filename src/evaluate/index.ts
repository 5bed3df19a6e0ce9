export { loadCatalogue, type Catalogue } from './catalogue';
export type { Framework } from './check-rule';
export { evaluate, type Evaluation } from './evaluate';
export { findRule } from './find-rule';
export { loadJudge, type Judge, type JudgeOptions } from './load-judge';
export { loadProfile } from './profile';
export { renderIndex } from './render-index';
export { selectRules } from './select';
export { readWaivers } from './waive';
