import type { IsolationCell } from '../../model/api-isolation';
import type { State } from '../words';

type CellState = IsolationCell['state'];

/** What a cell says, as a tone and a word of its own; its colours are those of findings. */
export const stateOfCell: Readonly<Record<CellState, { readonly tone: State; readonly word: string }>> = {
  leaking: { tone: 'fail', word: 'leaks' },
  unproven: { tone: 'unknown', word: 'not proven' },
  unseen: { tone: 'unknown', word: 'nobody can see' },
  'not-probed': { tone: 'unknown', word: 'not probed' },
  isolated: { tone: 'pass', word: 'isolated' },
  empty: { tone: 'notApplicable', word: 'empty' },
};

/** Worst first. */
export const cellStates: readonly CellState[] = [
  'leaking',
  'unproven',
  'unseen',
  'not-probed',
  'isolated',
  'empty',
];

/** The state that needs the reader first. */
export function worstOf(states: readonly CellState[]): CellState {
  return cellStates.find((state) => states.includes(state)) ?? 'not-probed';
}
