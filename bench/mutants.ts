import { routeMutants, wholeMutants } from './mutants/list';
import { audit, runRouteMutant, runWholeMutant, type Extent, type Noticed } from './mutants/run';

/** So many runs a fault: each sits on every third route, so that most of the manager stays sound. */
const groups = 3;

/** `node dist/bench/mutants.js [standard|full] [word]`: how many faults of the fixture's REST service are noticed. */
async function main(): Promise<void> {
  const extent: Extent = process.argv[2] === 'full' ? 'full' : 'standard';
  const word = process.argv[3] ?? '';
  const { report } = await audit(undefined, extent);
  const wrong = report.findings.filter(
    ({ rule, outcome, subject }) =>
      /AUT-0[13]|RBC/.test(rule) &&
      subject.id !== 'target' &&
      outcome !== 'pass' &&
      outcome !== 'notApplicable',
  );
  console.log(`sound, ${extent}: ${String(wrong.length)} findings that are no pass`);
  const totals = { mutants: 0, missed: 0 };
  const tell = (id: string, { mutants, missed }: Noticed, note = ''): void => {
    totals.mutants += mutants;
    totals.missed += missed.length;
    console.log(
      `${String(mutants - missed.length).padStart(4)} of ${String(mutants).padStart(4)}  ${id}${note}`,
    );
    if (process.env.MISSED !== undefined)
      for (const name of missed) console.log(`           missed: ${name}`);
  };
  for (const mutant of routeMutants.filter(({ id }) => id.includes(word))) {
    const runs: Noticed[] = [];
    for (let group = 0; group < groups; group++)
      runs.push(await runRouteMutant(mutant, extent, group, groups));
    const all = {
      mutants: runs.reduce((sum, { mutants }) => sum + mutants, 0),
      missed: runs.flatMap(({ missed }) => missed),
    };
    tell(mutant.id, all, extent === 'standard' && mutant.sampled ? ' (the standard plan samples)' : '');
  }
  for (const mutant of wholeMutants.filter(({ id }) => id.includes(word))) {
    tell(mutant.id, await runWholeMutant(mutant, extent));
  }
  console.log(`${String(totals.mutants - totals.missed)} of ${String(totals.mutants)} noticed`);
}

void main();
