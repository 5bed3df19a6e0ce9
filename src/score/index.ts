export { decideGate } from './gate';
export { computeScore } from './score';
